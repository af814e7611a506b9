// What the pages do beyond plain HTML: keys, dropping files, progress, pointing at places of a scan.
// Nothing here is needed to read a record; no data leaves this machine.
"use strict";

/* ---- light or dark, before the page is drawn */

const THEME_KEY = "motlan-theme";
const THEMES = ["auto", "light", "dark"];
const THEME_WORDS = { auto: "Theo máy", light: "Nền sáng", dark: "Nền tối" };

function savedTheme() {
  try { return localStorage.getItem(THEME_KEY) || "auto"; } catch { return "auto"; }
}

function applyTheme(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  const button = document.querySelector("[data-theme-switch]");
  if (button) button.textContent = THEME_WORDS[theme];
}

function switchTheme() {
  const theme = THEMES[(THEMES.indexOf(savedTheme()) + 1) % THEMES.length];
  try { localStorage.setItem(THEME_KEY, theme); } catch { /* private window: for this page only */ }
  applyTheme(theme);
}

document.documentElement.classList.add("with-script");
applyTheme(savedTheme());

/* ---- short helpers */

const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
const one = (selector, root = document) => root.querySelector(selector);
const byKey = (key) => one(`.field-box[data-key="${CSS.escape(key)}"]`);

function say(sentence) {
  const toast = one("#toast");
  toast.textContent = sentence;
  toast.hidden = false;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { toast.hidden = true; }, 8000);
}

/* ---- keys */

function openKeys(event) {
  event.preventDefault();
  const dialog = one("#keys");
  if (!dialog.open) dialog.showModal();
}

function onKey(event) {
  // The Enter that ends a syllable of an input method is nobody's wish.
  if (event.isComposing) return undefined;
  const typing = event.target.closest("input, select, textarea, [contenteditable]");
  if (event.target.id === "search-box" && onSuggestionKey(event)) return undefined;
  if (event.key === "Enter" && event.target.closest("#intake-form") && onIntakeEnter(event)) return undefined;
  if (event.ctrlKey && (event.key === "s" || event.key === "Enter")) return submitForm(event);
  if (event.key === "F1") return openKeys(event);
  const turns = event.key.startsWith("Page") ? event.altKey : event.ctrlKey && !typing;
  if (PAGE_KEYS[event.key] && turns) return turnPage(event);
  if (event.key === "Escape" && typing) return typing.blur();
  if (typing || event.ctrlKey || event.altKey || event.metaKey || one("#keys").open) return undefined;
  if (event.key === "/" && one("#search-box")) { event.preventDefault(); one("#search-box").focus(); }
  if (event.key === "?") openKeys(event);
  if (event.key === "Enter" && !event.target.closest("a, button, summary")) clickMain(event);
  if (ROW_KEYS[event.key]) moveRow(event);
  if (event.key === "n" || event.key === "N") openLink("[data-new]", event);
  return undefined;
}

// From anywhere on the page but another form or a window before it, and once however long the keys are held.
function submitForm(event) {
  const form = one("form[data-confirm]");
  if (!form) return;
  event.preventDefault();
  const other = event.target.closest("form, dialog");
  if (event.repeat || one("dialog[open]") || (other && other !== form)) return;
  form.requestSubmit();
}

// Between words of an input, Ctrl and an arrow move the cursor; Alt with a page key turns pages there too.
const PAGE_KEYS = { ArrowLeft: -1, ArrowRight: 1, PageUp: -1, PageDown: 1 };

function turnPage(event) {
  const tabs = all("[data-page-tab]");
  const current = tabs.findIndex((tab) => tab.getAttribute("aria-current"));
  const next = tabs[current + PAGE_KEYS[event.key]];
  if (current < 0 || !next) return;
  event.preventDefault();
  next.click();
}

const ROW_KEYS = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };

// From row to row of a list; the link that has the focus opens with Enter.
function moveRow(event) {
  const links = all("[data-rows] .what a");
  if (links.length === 0) return;
  event.preventDefault();
  const now = links.indexOf(document.activeElement);
  const next = now < 0 ? 0 : Math.min(links.length - 1, Math.max(0, now + ROW_KEYS[event.key]));
  links[next].focus();
}

function openLink(selector, event) {
  const link = one(selector);
  if (!link) return;
  event.preventDefault();
  link.click();
}

function clickMain(event) {
  const main = one("[data-main]");
  if (!main) return;
  event.preventDefault();
  main.click();
}

/* ---- taking files in */

const SENDERS_MAX = 3;
const waiting = [];
let sending = 0;
let reloadWhenSent = false;

function takeIn(files, form) {
  const place = {
    dossier: form && form.elements.dossier ? form.elements.dossier.value : "",
    component: form && form.elements.component ? form.elements.component.value : "",
  };
  for (const file of files) waiting.push({ file, place, line: uploadLine(file.name) });
  sendNext();
}

function uploadLine(name) {
  const line = document.createElement("li");
  const label = document.createElement("bdi");
  label.textContent = name.length > 60 ? `${name.slice(0, 40)}…${name.slice(-15)}` : name;
  const word = document.createElement("span");
  word.className = "word";
  word.textContent = "chờ gửi";
  line.append(label, " ", word);
  one("#uploads").append(line);
  return line;
}

function sendNext() {
  while (sending < SENDERS_MAX && waiting.length > 0) {
    sending += 1;
    send(waiting.shift());
  }
  if (sending === 0 && reloadWhenSent) location.reload();
}

function send({ file, place, line }) {
  const most = Number(document.body.dataset.uploadBytesMax);
  if (file.size > most) {
    return sent(line, "refused", `quá lớn, nhiều nhất ${Math.floor(most / 1048576)} MiB một lần gửi`);
  }
  const form = new FormData();
  if (place.dossier) form.append("dossier", place.dossier);
  if (place.component) form.append("component", place.component);
  form.append("file", file);
  const request = new XMLHttpRequest();
  request.open("POST", "/api/v1/documents");
  request.responseType = "json";
  request.upload.onprogress = (event) => {
    if (event.lengthComputable) {
      one(".word", line).textContent = `đang gửi ${Math.floor((100 * event.loaded) / event.total)} %`;
    }
  };
  request.onload = () => answered(request, line, place);
  request.onerror = () => sent(line, "refused", "không gửi được: mất kết nối với máy chủ. Hãy thả lại tệp này");
  request.send(form);
  return undefined;
}

function documentLink(id, words) {
  const link = document.createElement("a");
  link.href = `/documents/${id}`;
  link.textContent = words;
  return link;
}

function answered(request, line, place) {
  const body = request.response || {};
  if (request.status === 401) return location.assign("/sign-in");
  if (request.status !== 200 && request.status !== 201) {
    const held = body.document && documentLink(body.document, "mở giấy đã có");
    return sent(line, "refused", body.detail || `không nhận được (mã ${request.status})`, held);
  }
  line.dataset.uploadedId = body.id;
  reloadWhenSent = reloadWhenSent || (place.dossier && Boolean(one("[data-reload-after-upload]")));
  const link = documentLink(body.id, "mở");
  sent(line, "taken", body.already_held ? "đã có sẵn, " : "đã nhận, ", link);
  document.body.dispatchEvent(new CustomEvent("motlan:changed"));
  return undefined;
}

function sent(line, state, sentence, link) {
  sending -= 1;
  line.className = state;
  one(".word", line).textContent = sentence;
  if (link) line.append(" ", link);
  if (state === "taken") setTimeout(() => line.remove(), 15000);
  else line.append(" ", closer(line));
  sendNext();
}

function closer(line) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = "đóng";
  button.addEventListener("click", () => line.remove());
  return button;
}

function onDragOver(event) {
  if (!Array.from(event.dataTransfer.types).includes("Files")) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
  one("#drop-overlay").hidden = Boolean(one("[data-drop]"));
  all("[data-drop]").forEach((place) => place.classList.toggle("over", place.contains(event.target)));
}

function endDrag() {
  one("#drop-overlay").hidden = true;
  all("[data-drop].over").forEach((place) => place.classList.remove("over"));
}

function onDrop(event) {
  if (event.dataTransfer.files.length === 0) return;
  event.preventDefault();
  endDrag();
  const place = event.target.closest("[data-drop]");
  const holder = place && one("input[data-hold]", place);
  if (holder) return holdFile(holder, event.dataTransfer.files);
  if (one("#intake-form")) return say("Hãy thả tệp vào đúng thành phần còn cần nộp.");
  takeIn(event.dataTransfer.files, place && one("form[data-upload]", place));
}

function onChosen(event) {
  if (event.target.matches("[data-hold]")) return showHeld(event.target);
  if (event.target.matches("[data-card]")) return readCardPicture(event.target);
  if (event.target.matches("[name=in-hand]")) return askWhyOwed();
  const form = event.target.closest("form[data-upload]");
  if (!form || event.target.type !== "file") return;
  takeIn(event.target.files, form);
  event.target.value = "";
}

/* ---- a new dossier: the card, and files that wait for it to be opened */

const INTAKE_STOPS = "#intake-form :is(input:not([type=file]):not([type=hidden]), select, #open-dossier)";

// Enter goes on to the next input; behind the code of a card, as a reader types it, to what the card does not say.
function onIntakeEnter(event) {
  if (!event.target.matches("input:not([type=file]), select")) return false;
  event.preventDefault();
  if (event.target.id === "subject-number" && event.target.value.includes("|")) {
    fillClaim("/dossiers/new/claim", new URLSearchParams({ subject_number: event.target.value }));
    return true;
  }
  const stops = all(INTAKE_STOPS).filter((stop) => !stop.closest("[hidden]"));
  const next = stops[stops.indexOf(event.target) + 1];
  if (next) next.focus();
  return true;
}

function readCardPicture(input) {
  if (!input.files[0]) return undefined;
  const form = new FormData();
  form.append("file", input.files[0]);
  input.value = "";
  return fillClaim("/dossiers/new/card", form);
}

async function fillClaim(address, body) {
  try {
    const answer = await fetch(address, { method: "POST", body, headers: { "HX-Request": "true" } });
    if (!answer.ok) return say(await answer.text());
    one("#claim").innerHTML = await answer.text();
  } catch {
    return say("Mất kết nối với máy chủ; hãy kiểm tra rồi thử lại.");
  }
  document.body.dispatchEvent(new CustomEvent("motlan:claimed"));
  const empty = all("#claim input[required]").find((input) => !input.value);
  return (empty || one("#procedure")).focus();
}

// A component takes one file: another one takes its place.
function holdFile(input, files) {
  const held = new DataTransfer();
  held.items.add(files[0]);
  input.files = held.files;
  if (files.length > 1) say("Mỗi thành phần nhận một tệp; đã lấy tệp đầu tiên. Hãy gộp các trang vào một tệp.");
  showHeld(input);
}

function showHeld(input) {
  const [file] = input.files;
  one(".chosen", input.closest("li")).textContent = file ? `● ${file.name}` : "";
  askWhyOwed();
}

// As long as a paper is missing, the dossier is opened with a reason or not at all; asked here, no file that was chosen is lost.
function askWhyOwed() {
  const reason = one("#owed-reason");
  if (!reason) return;
  const isHere = (row) => one("input[data-hold]", row).files.length > 0 || one("[name=in-hand]", row).checked;
  const isOwed = !all("#components [data-lacking]").every(isHere);
  one("#owed").hidden = !isOwed;
  reason.disabled = !isOwed;
  const isSaid = reason.value.trim() !== "";
  reason.setCustomValidity(isOwed && !isSaid ? "Còn thiếu giấy tờ: hãy chọn tệp, đánh dấu giấy đã nhận, hoặc ghi lý do." : "");
}

// A form is on its way so long that whoever sends it again means it.
const ON_ITS_WAY_MS = 60 * 1000;

// A form that is on its way is not sent again: not by a second click, not by Enter pressed twice.
function sendOnce(event) {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (Date.now() - Number(form.dataset.sentAt || 0) < ON_ITS_WAY_MS) {
    event.preventDefault();
    say("Đang gửi, xin đợi một chút.");
  } else {
    form.dataset.sentAt = Date.now();
  }
}

function mayBeSentAgain() {
  all("[data-once]").forEach((form) => { delete form.dataset.sentAt; });
}

// Files that were chosen stay when the list of components is drawn anew.
let heldFiles = new Map();

function keepHeld() {
  heldFiles = new Map(all("input[data-hold]").map((input) => [input.name, input.files]));
}

function putHeldBack() {
  for (const input of all("input[data-hold]")) {
    const files = heldFiles.get(input.name);
    if (files && files.length > 0) holdFile(input, files);
  }
  askWhyOwed();
}

/* ---- progress */

let changes;
let stream;

function follow() {
  const watched = one("[data-follow], #recent, [data-document-id]");
  if (!watched || document.hidden || stream) return;
  stream = new EventSource("/api/v1/events");
  stream.addEventListener("progress", (event) => onProgress(JSON.parse(event.data)));
}

function unfollow() {
  if (stream) stream.close();
  stream = undefined;
}

// Nobody types, and nothing is being sent: the page may be loaded anew.
function isAtRest() {
  const typed = all("main input:not([type=hidden])").some((input) => input.value !== input.defaultValue);
  return !typed && waiting.length + sending === 0;
}

function onProgress(step) {
  const places = all(`[data-document-id="${CSS.escape(step.id)}"]`);
  const followed = one(`[data-follow][data-document="${CSS.escape(step.id)}"]`);
  if (followed && step.state !== "received" && !step.rereading) return location.reload();
  // What a paper is like is known once it is read: the page of its dossier offers it before anyone types.
  const isRead = step.state !== "received" && places.some((place) => place.dataset.state === "received");
  if (one("[data-dossier]") && isRead && isAtRest()) return location.reload();
  places.forEach((place) => showProgress(place, step));
  const known = places.some((place) => place.dataset.state === step.state);
  if (one("#recent") && !known) {
    clearTimeout(changes);
    changes = setTimeout(() => document.body.dispatchEvent(new CustomEvent("motlan:changed")), 300);
  }
  return undefined;
}

function showProgress(place, step) {
  const state = place.matches(".state") ? place : one(".state", place);
  const reading = step.state === "received" || (step.rereading && place.closest(".page-note"));
  if (!state || !reading || !step.page_count) return;
  one(".word", state).textContent = step.message;
  let bar = one("progress", state);
  if (!bar) {
    bar = document.createElement("progress");
    state.append(" ", bar);
  }
  bar.max = step.page_count;
  bar.value = step.pages_read;
}

/* ---- pointing at the scan */

let lastField;

function showField(element) {
  const holder = element.closest("[data-field]");
  if (!holder || !holder.dataset.fieldPage) return;
  lastField = holder.dataset.field;
  const tab = one(`[data-page-tab="${holder.dataset.fieldPage}"]`);
  if (tab && !tab.getAttribute("aria-current")) tab.click();
  else lightUp(lastField);
}

function lightUp(key) {
  all(".field-box.now").forEach((rect) => rect.classList.remove("now"));
  const rect = key && byKey(key);
  if (!rect) return;
  rect.classList.add("now");
  bringIntoView(rect);
}

function bringIntoView(rect) {
  const pane = rect.closest(".paper-scroll");
  const inner = rect.getBoundingClientRect();
  const outer = pane.getBoundingClientRect();
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  pane.scrollBy({
    left: inner.left + inner.width / 2 - outer.left - outer.width / 2,
    top: inner.top + inner.height / 2 - outer.top - outer.height / 2,
    behavior: calm ? "auto" : "smooth",
  });
}

let zoom = 1;
const ZOOM_MAX = 4;

function applyZoom() {
  const sheet = one(".sheet");
  if (sheet) sheet.className = `sheet zoom-${zoom}`;
}

function changeZoom(step) {
  zoom = Math.min(ZOOM_MAX, Math.max(1, zoom + step));
  applyZoom();
  lightUp(lastField);
}

function openViewer() {
  applyZoom();
  const hit = one(".sheet .hit");
  if (lastField && byKey(lastField)) lightUp(lastField);
  else if (hit) bringIntoView(hit);
}

// A click on a word of the scan writes it at the cursor of the input that was used last.
let lastInput;

function takeWord(rect) {
  if (!lastInput || !lastInput.isConnected) return;
  const { selectionStart: start, selectionEnd: end, value } = lastInput;
  const gap = start > 0 && !/\s$/.test(value.slice(0, start)) ? " " : "";
  lastInput.setRangeText(gap + rect.dataset.t, start, end, "end");
  lastInput.dispatchEvent(new Event("input", { bubbles: true }));
  lastInput.focus();
}

/* ---- suggestions under the search box */

let suggested = -1;

function showSuggestions(shown) {
  const list = one("#suggestions");
  list.hidden = !shown || list.childElementCount === 0 || document.activeElement.id !== "search-box";
  one("#search-box").setAttribute("aria-expanded", String(!list.hidden));
  chooseSuggestion(-1);
}

function chooseSuggestion(number) {
  const options = all("#suggestions [role=option]");
  suggested = number;
  options.forEach((option, nth) => option.setAttribute("aria-selected", String(nth === number)));
  const box = one("#search-box");
  if (number < 0) return box.removeAttribute("aria-activedescendant");
  options[number].scrollIntoView({ block: "nearest" });
  return box.setAttribute("aria-activedescendant", options[number].id);
}

// Puts the suggestion into the box; the name of a filter goes on with its values.
function takeSuggestion(option) {
  const box = one("#search-box");
  box.value = option.dataset.query;
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
  showSuggestions(false);
  if (box.value.endsWith(":")) box.dispatchEvent(new Event("input", { bubbles: true }));
}

// Whether the key was meant for the suggestions.
function onSuggestionKey(event) {
  const options = all("#suggestions [role=option]");
  if (one("#suggestions").hidden || event.isComposing) return false;
  if (event.key === "ArrowDown") chooseSuggestion((suggested + 1) % options.length);
  else if (event.key === "ArrowUp") chooseSuggestion((suggested <= 0 ? options.length : suggested) - 1);
  else if (event.key === "Escape") showSuggestions(false);
  else if (event.key === "Enter" && suggested >= 0) takeSuggestion(options[suggested]);
  else return false;
  event.preventDefault();
  return true;
}

/* ---- an idle screen hides itself */

const IDLE_MS = 5 * 60 * 1000;
let idle;

function awake() {
  clearTimeout(idle);
  one("#curtain").hidden = true;
  document.body.classList.remove("idle");
  idle = setTimeout(() => {
    one("#curtain").hidden = false;
    document.body.classList.add("idle");
  }, IDLE_MS);
}

/* ---- wiring */

function onClick(event) {
  const target = event.target;
  if (target.closest("[data-theme-switch]")) switchTheme();
  else if (target.closest("[data-open-keys]")) openKeys(event);
  else if (target.closest("[data-zoom]")) changeZoom(Number(target.closest("[data-zoom]").dataset.zoom));
  else if (target.matches("rect.w")) takeWord(target);
  else if (target.closest("dd[data-field]")) showField(target);
}

document.addEventListener("DOMContentLoaded", () => {
  applyTheme(savedTheme());
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", onClick);
  document.addEventListener("change", onChosen);
  document.addEventListener("change", (event) => {
    const filter = event.target.closest("form[data-filter]");
    if (filter) filter.requestSubmit(one("[aria-current]", filter));
  });
  document.addEventListener("dragover", onDragOver);
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) endDrag(); });
  document.addEventListener("drop", onDrop);
  document.addEventListener("focusin", (event) => {
    if (event.target.matches(".desk-fields input")) lastInput = event.target;
    showField(event.target);
  });
  document.addEventListener("input", (event) => { if (event.target.matches("#owed-reason")) askWhyOwed(); });
  document.addEventListener("submit", sendOnce);
  // Esc breaks sending off, and a page that comes back from memory was not left for good.
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") mayBeSentAgain(); });
  window.addEventListener("pageshow", mayBeSentAgain);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return unfollow();
    document.body.dispatchEvent(new CustomEvent("motlan:changed"));
    return follow();
  });
  // The box keeps the focus while a suggestion is pressed.
  one("#suggestions").addEventListener("pointerdown", (event) => event.preventDefault());
  one("#suggestions").addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) takeSuggestion(option);
  });
  one("#search-box")?.addEventListener("blur", () => showSuggestions(false));
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target.id === "components") keepHeld();
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "components") putHeldBack();
    if (event.target.id === "suggestions") showSuggestions(true);
    // What a phone sent is in the dossier.
    if (one("[data-dossier] [data-filed]") && isAtRest()) location.reload();
    if (event.target.id === "viewer" || one("#viewer", event.target)) openViewer();
  });
  document.body.addEventListener("htmx:responseError", (event) => {
    const text = event.detail.xhr.responseText;
    say(text && text.length < 300 ? text : "Máy chủ không thực hiện được; hãy thử lại.");
  });
  document.body.addEventListener("htmx:sendError", () => say("Mất kết nối với máy chủ; hãy kiểm tra rồi thử lại."));
  for (const kind of ["pointerdown", "keydown", "pointermove", "scroll"]) {
    document.addEventListener(kind, awake, { passive: true, capture: true });
  }
  awake();
  follow();
  openViewer();
  askWhyOwed();
  // Of an offer the way on has the focus, so that Enter out of habit decides nothing.
  const wrong = one("[aria-invalid], .wrong input") || one("#unfinished-resume") || one("#rename-subject, #beside-held [type=radio]")
    || one("#intake-form #subject-number") || one("#near-duplicates .button") || one("#doubtful input") || one("#review-form input:invalid") || one("#certain input");
  if (wrong) wrong.focus();
});
