# Every command that a person needs. `make` alone lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.NOTPARALLEL:
.PHONY: help setup run test torture load check bench bench-repository bench-search eval eval-qr eval-search fuzz-qr fuzz-api near outside

# Build output stays outside the checkout: a fresh clone starts warm.
export CARGO_TARGET_DIR ?= $(HOME)/.cache/motlan/target
MOTLAN := $(CARGO_TARGET_DIR)/release/motlan
PYTHON := $(HOME)/.cache/motlan/tools/python/bin/python
DENY := $(HOME)/.cache/motlan/tools/bin/cargo-deny
DATA ?= data
PORT ?= 8080
# Invented pages: seeds 1–9 are for tuning, figures that are reported come from 1000 and above.
SEED ?= 1000
COUNT ?= 40
# Papers in the stores that `make bench-repository` measures.
SIZES ?= 100000,1000000
# How often `make torture` kills the server, and cuts its power.
KILLS ?= 1000
CUTS ?= 50
# Officers who scan at once in `make load`.
OFFICERS ?= 200
# How long `make fuzz-qr` hunts with each target.
SECONDS ?= 600
# And how long `make load` goes on.
load: SECONDS = 300
# Requests that `make fuzz-api` makes up for each operation and role.
EXAMPLES ?= 100
MEASURE := $(CARGO_TARGET_DIR)/release/examples/measure
# Papers in the index that `make bench-search` measures: COUNT=1000000 on its command line takes a quarter of an hour.
bench-search: COUNT = 200000
PAGES = $(CARGO_TARGET_DIR)/eval/seed-$(SEED)-count-$(COUNT)

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | while IFS=$$'\t' read -r name what; do printf '  make %-16s  %s\n' "$$name" "$$what"; done
	@echo
	@echo '  PORT=8080 and DATA=data can be set: make run PORT=9000 DATA=/var/lib/motlan'
	@echo '  SEED=1000 and COUNT=40 (pages a level) too: make eval SEED=1001 COUNT=4'
	@echo '  DIR is a folder of PDFs and pictures: make outside DIR=/srv/odd-scans'

setup: ## install what is missing (make run and make test call it themselves)
	@./setup.sh run

run: ## build, file the sample papers, start the server on 127.0.0.1:8080
	@./setup.sh run
	@echo 'run: building (the first time takes some minutes)'
	@cargo build --release --locked --package motlan-server
	@$(MOTLAN) --data "$(DATA)" import samples
	@printf '\n%s\n%s\n%s\n\n' \
	  'Mở trình duyệt tại http://127.0.0.1:$(PORT)/, thả một tệp trong thư mục samples/ vào trang, xác nhận rồi tìm lại.' \
	  'Open http://127.0.0.1:$(PORT)/ in a browser, drop a file of samples/ on the page, confirm it, then find it.' \
	  'Dừng: Ctrl-C / Stop: Ctrl-C'
	@exec $(MOTLAN) --data "$(DATA)" serve --demonstration --listen 127.0.0.1:$(PORT)

test: ## every test, browser and real Tesseract included; ends with "N passed, N failed"
	@./setup.sh test
	@scripts/test.sh

torture: ## under eight counters that send papers, KILLS=1000 kills and CUTS=50 power cuts (as root): about an hour
	@./setup.sh test
	@TORTURE_KILLS=$(KILLS) TORTURE_CUTS=$(CUTS) cargo test --package motlan-server --test stories --locked -- torture power_cut --nocapture --test-threads=1

load: ## OFFICERS=200 of ten agencies scan a page every 20 seconds for SECONDS=300 while pages are read: times, errors, mix-ups
	@./setup.sh test
	@LOAD_OFFICERS=$(OFFICERS) LOAD_SECONDS=$(SECONDS) cargo test --release --package motlan-server --test stories --locked -- load::officers --nocapture

check: ## format, clippy with warnings as errors, documentation, licences
	@./setup.sh check
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --locked
	$(DENY) --workspace --locked check licenses bans sources

bench: ## CPU, memory and pages a minute, beside the bare tesseract command and ocrmypdf
	@./setup.sh bench
	@cargo build --release --locked --package motlan-server
	@rm -rf "$(PAGES)-bench"
	@$(PYTHON) samples/generate/pages.py --seed $(SEED) --count 6 --level 300 --out "$(PAGES)-bench"
	@$(PYTHON) bench/bench.py --motlan $(MOTLAN) samples "$(PAGES)-bench/300"

bench-repository: ## filing, once-only check and exact look-up in stores of SIZES=100000,1000000 papers, on both databases
	@./setup.sh test
	@cargo bench --package motlan-repository --bench growth --locked -- --on sqlite --sizes $(SIZES)
	@cargo bench --package motlan-repository --bench growth --locked -- --on postgres --sizes $(SIZES)

eval: ## how well samples and invented pages are read, beside tesseract and ocrmypdf (COUNT=4 is quick)
	@./setup.sh eval
	@cargo build --release --locked --package motlan-server
	@echo 'eval: making the invented pages of seed $(SEED)'
	@rm -rf "$(PAGES)"
	@$(PYTHON) samples/generate/pages.py --seed $(SEED) --count $(COUNT) --out "$(PAGES)"
	@$(PYTHON) samples/generate/pages.py --seed $(SEED) --count $$((($(COUNT) + 3) / 4)) --pairs --out "$(PAGES)"
	@$(PYTHON) bench/eval.py --motlan $(MOTLAN) --json "$(PAGES).json" --crops "$(PAGES)-worst" samples "$(PAGES)"

eval-qr: ## how many codes on pictures are read, false reads, CPU (DIR: folder of folders of outside pictures, their texts beside them)
	@./setup.sh eval
	@cargo build --release --locked --package motlan-qr --example look
	@echo 'eval-qr: drawing the codes and the pages of seed $(SEED)'
	@rm -rf "$(PAGES)-qr"
	@$(PYTHON) bench/drawn_codes.py --seed $(SEED) --out "$(PAGES)-qr/codes"
	@$(PYTHON) samples/generate/pages.py --seed $(SEED) --count $(COUNT) --level 300 --out "$(PAGES)-qr/pages"
	@$(PYTHON) bench/eval_qr.py --look $(CARGO_TARGET_DIR)/release/examples/look --drawn "$(PAGES)-qr/codes" --blank samples --blank "$(PAGES)-qr/pages" $(if $(DIR),--outside "$(DIR)")

eval-search: ## how well judged queries are answered (samples/queries.toml), beside SQLite FTS5 and PostgreSQL
	@./setup.sh test
	@cargo build --release --locked --package motlan-search --example measure
	@mkdir -p "$(PAGES)"
	@python3 bench/eval_search.py --measure $(MEASURE) --seed $(SEED) --json "$(PAGES)/search.json"

bench-search: ## COUNT=200000 papers: how fast the index is filled and answers, beside SQLite FTS5 and PostgreSQL
	@./setup.sh test
	@cargo build --release --locked --package motlan-search --example measure
	@python3 bench/bench_search.py --measure $(MEASURE) --count $(COUNT)

fuzz-qr: ## SECONDS=600 of changed texts for each of the parsers of codes: citizen cards, kinds, signed codes
	@FUZZ_SECONDS=$(SECONDS) cargo test --package motlan-qr --test mutations --locked -- --nocapture --test-threads=1

fuzz-api: ## EXAMPLES=100 more made-up requests for each operation of the API and each role
	@./setup.sh test
	@DESCRIBED_EXAMPLES=$(EXAMPLES) cargo test --workspace --test stories --locked -- described --nocapture

near: ## how many rescans of held papers are offered as such, and how many other papers (COUNT=28 is every layout once)
	@./setup.sh eval
	@cargo build --release --locked --package motlan-server
	@rm -rf "$(PAGES)-near"
	@$(PYTHON) bench/near.py --motlan $(MOTLAN) --seed $(SEED) --count $(COUNT) --out "$(PAGES)-near"

outside: ## what becomes of a folder of outside files, and what other programs doubt of pages called done
	@[[ -n "$(DIR)" ]] || { echo 'outside: say which folder: make outside DIR=FOLDER'; exit 1; }
	@./setup.sh eval
	@cargo build --release --locked --package motlan-server
	@$(PYTHON) bench/outside.py --motlan $(MOTLAN) "$(DIR)"
