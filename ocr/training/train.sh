#!/usr/bin/env bash
# Makes the built-in model anew: ocr/training/train.sh [FOLDER]. README.md beside this says what each step does and how long it takes.
# Everything but the result lands in FOLDER (default: ~/.cache/motlan/training); a step whose output is there is not done again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

WORK=${1:-$HOME/.cache/motlan/training}
# Fonts of Debian, beside those of fonts-pip.txt and fonts-npm.txt.
PACKAGES=(tesseract-ocr tesseract-ocr-vie fonts-croscore fonts-liberation2 fonts-dejavu-core fonts-dejavu-extra fonts-freefont-ttf fonts-texgyre fonts-lmodern fonts-ebgaramond
    fonts-sil-gentiumplus fonts-open-sans fonts-crosextra-carlito fonts-linuxlibertine fonts-noto-core)
ORIGIN=/usr/share/tesseract-ocr/5/tessdata/vie.traineddata
FONT_FOLDERS=("$WORK/ttf" /usr/share/fonts /usr/share/texmf/fonts)
# Files of 250 lines to learn from.
FILES=86
# Quick steps, then careful ones, twice over: lines that are learnt from, and how far each moves the weights.
PHASES=("9000 0.0002" "5000 0.00005" "7800 0.0002" "16000 0.00004")
export OMP_THREAD_LIMIT=1

main() {
    mkdir -p "$WORK/lines" "$WORK/checkpoints"
    dpkg-query -W "${PACKAGES[@]}" >/dev/null || { echo "install these packages first: ${PACKAGES[*]}" >&2; exit 1; }
    tools
    fonts
    origin
    lines
    learn
    finish
}

tools() {
    [[ -x $WORK/python/bin/pip ]] || python3 -m venv "$WORK/python"
    "$WORK/python/bin/pip" install -qq --disable-pip-version-check --only-binary=:all: --requirement requirements.txt
}

fonts() {
    [[ ! -d $WORK/ttf ]] || return 0
    mkdir -p "$WORK/downloads"
    "$WORK/python/bin/pip" download -qq --disable-pip-version-check --no-deps --only-binary=:all: --dest "$WORK/downloads" --requirement fonts-pip.txt
    xargs -n 1 npm pack --silent --pack-destination "$WORK/downloads" <fonts-npm.txt >/dev/null
    "$WORK/python/bin/python" -c 'import sys; from pathlib import Path; from faces import unpack; unpack(Path(sys.argv[1]), Path(sys.argv[2]))' "$WORK/downloads" "$WORK/ttf"
}

# Debian's model with more signs, and its network in real numbers.
origin() {
    local old=$WORK/old new=$WORK/new
    mkdir -p "$old" "$new"
    combine_tessdata -u "$ORIGIN" "$old/vie." >/dev/null 2>&1
    dawg2wordlist "$old/vie.lstm-unicharset" "$old/vie.lstm-word-dawg" "$WORK/words.txt" >/dev/null 2>&1
    python3 to_float.py "$old/vie.lstm" "$WORK/float.lstm"
    cp "$old"/vie.lstm-{unicharset,recoder} "$new"
    python3 charset.py "$new"
    cp "$ORIGIN" "$new/vie.traineddata"
    combine_tessdata -o "$new/vie.traineddata" "$new"/vie.lstm-{unicharset,recoder} >/dev/null 2>&1
}

lines() {
    [[ ! -s $WORK/lines/list.txt ]] || return 0
    "$WORK/python/bin/python" lines.py --fonts "${FONT_FOLDERS[@]}" --words "$WORK/words.txt" --seed train --files "$FILES" --out "$WORK/lines"
}

learn() {
    local from=$WORK/float.lstm old=(--old_traineddata "$ORIGIN") phase until rate number=0
    for phase in "${PHASES[@]}"; do
        read -r until rate <<<"$phase"
        number=$((number + 1))
        lstmtraining --continue_from "$from" "${old[@]}" --traineddata "$WORK/new/vie.traineddata" --model_output "$WORK/checkpoints/$number" --train_listfile "$WORK/lines/list.txt" \
            --reset_learning_rate --learning_rate "$rate" --max_iterations "$until"
        from=$WORK/checkpoints/${number}_checkpoint old=()
    done
}

# The network in whole numbers again, as small and quick as the one it came from, with the longer list of words.
finish() {
    python3 vocabulary.py "$WORK/words.txt" >"$WORK/vocabulary.txt"
    wordlist2dawg "$WORK/vocabulary.txt" "$WORK/new/vie.lstm-word-dawg" "$WORK/new/vie.lstm-unicharset"
    lstmtraining --stop_training --convert_to_int --continue_from "$WORK/checkpoints/${#PHASES[@]}_checkpoint" --traineddata "$WORK/new/vie.traineddata" --model_output "$WORK/vie.traineddata"
    combine_tessdata -o "$WORK/vie.traineddata" "$WORK/new/vie.lstm-word-dawg"
    echo "made $WORK/vie.traineddata; compare it (README.md) before it replaces ../model/vie.traineddata"
}

main
