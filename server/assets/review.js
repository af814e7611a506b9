// The review screen: from one uncertain field to the next, each with its place on the page; what is typed is kept on the server.
"use strict";

/* ---- from field to field */

// Inputs that want a look, in the order of the form.
const WANTS_A_LOOK = "#review-form :is(.doubt, .check, .typed, .wrong) > input:not([type=checkbox]), #review-form input:invalid";

// A value that was changed needs no reason any more.
function isOpen(input) {
  const value = one("input", input.closest(".field"));
  return !input.matches(".reason") || value.value === value.defaultValue;
}

function goOn(step) {
  const side = step > 0 ? Node.DOCUMENT_POSITION_FOLLOWING : Node.DOCUMENT_POSITION_PRECEDING;
  const stops = all(WANTS_A_LOOK).filter(isOpen);
  const beyond = stops.filter((stop) => document.activeElement.compareDocumentPosition(stop) & side);
  const next = step > 0 ? beyond[0] || one("#confirm") : beyond[beyond.length - 1];
  if (!next) return;
  next.focus();
  if (next.select) next.select();
}

const ZOOM_KEYS = { "+": 1, "=": 1, "-": -1 };

// What one of two people keyed goes into the input of its field.
function take(button) {
  const input = one("input", button.closest(".field"));
  input.value = button.dataset.take;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.focus();
}

function takeClaim({ number, name, birthDate, kind }) {
  const typed = { "subject-number": number, "subject-name": name, "subject-birth-date": birthDate, "subject-kind": kind };
  for (const [id, value] of Object.entries(typed)) document.getElementById(id).value = value;
  one("#subject-number").dispatchEvent(new Event("input", { bubbles: true }));
  one("#subject-number").focus();
}

function takeByKey(event) {
  const field = event.target.closest(".field");
  const button = field && all("[data-take]", field)[Number(event.key) - 1];
  if (button) take(button);
  return Boolean(button);
}

function openRescan() {
  one("#machine-work").open = true;
  one("#rescan-file").focus();
}

function onReviewKey(event) {
  if (event.isComposing || one("#keys").open) return;
  const typing = event.target.closest("#review-form input");
  const isHeld = event.ctrlKey || event.altKey || event.shiftKey || event.metaKey;
  if (event.key === "F6" && !isHeld && one("#rescan-file")) openRescan();
  else if (event.key === "F8") goOn(event.shiftKey ? -1 : 1);
  else if (event.key === "Enter" && typing && !event.ctrlKey) goOn(1);
  else if (event.altKey && "12".includes(event.key) && takeByKey(event)) lightUp(lastField);
  else if (ZOOM_KEYS[event.key] && (event.altKey || !event.target.closest("input, select")) && !event.ctrlKey) changeZoom(ZOOM_KEYS[event.key]);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/* ---- what is typed */

const SAME = { full_name: "subject-name", birth_date: "subject-birth-date", citizen_id: "subject-number",
  enterprise_name: "subject-name", enterprise_code: "subject-number" };

// The owner's name stands twice, in the paper and in the store: while both agree, correcting one corrects the other.
function keepSame(input) {
  const holder = input.closest("[data-field]");
  const other = holder && input.id === `field-${holder.dataset.field}` && document.getElementById(SAME[holder.dataset.field]);
  if (!other) return;
  if (other.value === (input.dataset.before ?? input.defaultValue)) other.value = input.value;
  input.dataset.before = input.value;
}

function addField() {
  const choice = one("#add-field-key");
  if (!choice.value) return choice.focus();
  const key = choice.value;
  choice.selectedOptions[0].remove();
  const shown = () => { const input = document.getElementById(`field-${key}`); if (input) input.focus(); };
  return htmx.ajax("GET", `/review/field/${key}`, { target: "#added-fields", swap: "beforeend" }).then(shown);
}

/* ---- kept while it is typed */

// Long enough that nobody waits for it, short enough that a browser that dies loses a word and not a field.
const KEEP_AFTER_MS = 1000;
let unkept = false;
let keeping;

function onTyped(event) {
  if (!event.target.closest("#review-form")) return;
  unkept = true;
  keepSame(event.target);
  clearTimeout(keeping);
  keeping = setTimeout(keep, KEEP_AFTER_MS);
}

async function keep() {
  const state = one("#unfinished-state");
  // What was left the last time is not overwritten before the officer has decided about it.
  if (one("#unfinished-offer")) { state.textContent = "Chưa giữ: hãy chọn tiếp tục hoặc bỏ bản đang sửa dở ở trên."; return; }
  unkept = false;
  try {
    const body = new URLSearchParams(new FormData(one("#review-form")));
    const answer = await fetch(state.dataset.keep, { method: "POST", body, headers: { "HX-Request": "true" } });
    const text = await answer.text();
    if (answer.status === 401) throw new Error("phiên đã hết. Hãy đăng nhập lại ở một thẻ khác rồi quay lại đây");
    if (!answer.ok) throw new Error(text);
    state.textContent = `${text}.`;
  } catch (error) {
    unkept = true;
    state.textContent = `Chưa giữ được bản đang sửa: ${error.message}.`;
    keeping = setTimeout(keep, 10 * KEEP_AFTER_MS);
  }
}

document.addEventListener("keydown", onReviewKey, true);
document.addEventListener("input", onTyped);
document.addEventListener("change", onTyped);
document.addEventListener("click", (event) => {
  if (event.target.closest("#add-field")) addField();
  if (event.target.closest("[data-take]")) take(event.target.closest("[data-take]"));
  if (event.target.closest("[data-claim]")) takeClaim(event.target.closest("[data-claim]").dataset);
});
// What is not kept yet is kept first: whoever was signed out meanwhile would lose it with the answer.
async function keepAndSend(form) {
  clearTimeout(keeping);
  await keep();
  if (unkept) return say(one("#unfinished-state").textContent);
  return form.requestSubmit();
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("#review-form")) return;
  if (unkept && !one("#unfinished-offer")) {
    event.preventDefault();
    event.stopImmediatePropagation();
    keepAndSend(event.target);
    return;
  }
  unkept = false;
  clearTimeout(keeping);
});
window.addEventListener("beforeunload", (event) => { if (unkept) event.preventDefault(); });
