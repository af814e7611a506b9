// Photographs of a paper on a phone: camera, the sheet's outline, and a queue that loses nothing. A page is written down on the phone first
// and sent then; the server knows a page that is sent twice by its number and SHA-256.
"use strict";

const one = (selector, root = document) => root.querySelector(selector);
const { address, held, pagesMax, pageBytesMax } = document.body.dataset;

/* ---- the queue on the phone: pages by number, with whether the server knows; `gone` ones were taken out */

const DATABASE = "motlan-phone";
// Where it stands that «Xong» was said: what the browser keeps otherwise is gone when it is killed.
const FINISHING = 0;

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore("pages", { keyPath: ["address", "number"] });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function queue(mode, act) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      // Strict: an acknowledged page survives the phone's power going.
      const transaction = database.transaction("pages", mode, { durability: "strict" });
      const request = act(transaction.objectStore("pages"));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

const mine = IDBKeyRange.bound([address, 0], [address, Infinity]);
const kept = () => queue("readonly", (store) => store.getAll(mine));
const keep = (page) => queue("readwrite", (store) => store.put({ address, ...page }));
const forget = (number) => queue("readwrite", (store) => store.delete([address, number]));
const forgetAll = () => queue("readwrite", (store) => store.delete(mine));

/* ---- pages */

let pages = [];
let finishing = false;
let retaking;
const living = () => pages.filter((page) => !page.gone);

async function hashOf(blob) {
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// One after the other, so that two quick taps are two pages.
let taking = Promise.resolve();

function take(blob) {
  taking = taking.then(() => takeNext(blob)).catch(() => hint("Điện thoại không còn chỗ để giữ ảnh. Hãy giải phóng bộ nhớ rồi chụp lại."));
  return taking;
}

async function takeNext(blob) {
  const number = retaking || Math.max(0, ...pages.map((page) => page.number)) + 1;
  if (number > Number(pagesMax)) return hint(`Mỗi lần chụp nhiều nhất ${pagesMax} trang. Hãy bấm «Xong».`);
  if (blob.size > Number(pageBytesMax)) {
    return hint(`Ảnh nặng quá ${Math.floor(pageBytesMax / 1048576)} MB. Hãy chụp lại ở cỡ ảnh nhỏ hơn.`);
  }
  retaking = undefined;
  const page = { number, blob, sha256: await hashOf(blob), sent: false };
  await keep(page);
  replace(page);
  draw();
  send();
  return undefined;
}

function replace(page) {
  pages = [...pages.filter((other) => other.number !== page.number), page].sort((a, b) => a.number - b.number);
}

async function remove(number) {
  const page = pages.find((other) => other.number === number);
  const gone = { ...page, blob: undefined, gone: true, sent: false, refused: undefined };
  await keep(gone);
  replace(gone);
  if (retaking === number) retaking = undefined;
  draw();
  return send();
}

/* ---- sending: one after the other, again and again until it is there */

const AGAIN_MS = 2000;
let sending = false;

async function send() {
  if (sending) return;
  sending = true;
  try {
    for (let page = next(); page; page = next()) await sendOne(page);
    network("");
    if (finishing) await finish();
  } catch {
    network("Mất mạng. Các trang đã chụp nằm trong điện thoại và tự gửi khi có mạng lại.");
    setTimeout(send, AGAIN_MS);
  } finally {
    sending = false;
  }
}

const next = () => pages.find((page) => !page.sent && !page.refused);

async function sendOne(page) {
  const method = page.gone ? "DELETE" : "PUT";
  const headers = { "HX-Request": "true", "motlan-sha256": page.sha256 };
  const answer = await fetch(`${address}/pages/${page.number}`, { method, headers, body: page.gone ? undefined : page.blob });
  if (answer.status === 404) return over();
  if (answer.status >= 500) throw new Error(answer.status);
  // It was taken again, or out, while it was on its way.
  if (!pages.includes(page)) return undefined;
  if (answer.ok) {
    page.sent = true;
    await keep(page);
  } else {
    page.refused = await answer.text();
    await goOn();
  }
  return draw();
}

async function finish() {
  const answer = await fetch(`${address}/send`, { method: "POST", headers: { "HX-Request": "true" } });
  if (answer.status >= 500) throw new Error(answer.status);
  if (answer.ok || answer.status === 404) return over();
  await goOn();
  return hint(await answer.text());
}

// «Xong» does not hold any more.
async function goOn() {
  finishing = false;
  await forget(FINISHING);
  draw();
}

// The server says that the link is over, and shows the page that tells so; nothing stays on the phone.
async function over() {
  await forgetAll();
  if (window.caches) await caches.delete(DATABASE);
  location.replace(address);
  return new Promise(() => {});
}

/* ---- what is shown */

const hint = (sentence) => { one("#hint").textContent = sentence; };

function network(sentence) {
  one("#network").textContent = sentence;
  one("#network").hidden = !sentence;
}

const pictures = new Map();

function pictureOf(page) {
  const before = pictures.get(page.number);
  if (before && before.blob === page.blob) return before.url;
  if (before) URL.revokeObjectURL(before.url);
  const url = URL.createObjectURL(page.blob);
  pictures.set(page.number, { blob: page.blob, url });
  return url;
}

function line(page, place) {
  const item = one("#page-line").content.cloneNode(true);
  const picture = one("img", item);
  if (page.blob) picture.src = pictureOf(page);
  else picture.remove();
  picture.alt = `Ảnh trang ${place}`;
  one(".number", item).textContent = `Trang ${place}`;
  one(".word", item).textContent = page.refused || (page.sent ? "● đã gửi" : "◐ chờ gửi");
  one("li", item).dataset.state = page.refused ? "refused" : page.sent ? "sent" : "waiting";
  one("li", item).classList.toggle("retaking", retaking === page.number);
  one("[data-retake]", item).dataset.retake = page.number;
  one("[data-remove]", item).dataset.remove = page.number;
  for (const button of item.querySelectorAll("button")) button.setAttribute("aria-label", `${button.textContent} trang ${place}`);
  return item;
}

function draw() {
  const shown = living();
  one("#pages").replaceChildren(...shown.map((page, at) => line(page, at + 1)));
  const place = retaking ? shown.findIndex((page) => page.number === retaking) + 1 : shown.length + 1;
  one("#shoot").textContent = retaking ? `Chụp lại trang ${place}` : `Chụp trang ${place}`;
  const left = shown.filter((page) => !page.sent).length;
  one("#finish").disabled = shown.length === 0 || shown.some((page) => page.refused) || finishing;
  one("#finish").textContent = finishing ? `Đang gửi, còn ${left} trang…` : `Xong, gửi ${shown.length} trang`;
}

/* ---- the camera */

// Wide enough that an A4 sheet is read at some 250 dots an inch; the phone gives what it has.
const WISH = { video: { facingMode: "environment", width: { ideal: 3840 }, height: { ideal: 2160 } }, audio: false };
const JPEG_QUALITY = 0.92;
const LOOK_EVERY_MS = 250;

async function begin() {
  const camera = one("#camera");
  if (!navigator.mediaDevices) {
    return hint("Trình duyệt không mở được máy ảnh ở đây (cần địa chỉ https). Hãy bấm «Ứng dụng máy ảnh…».");
  }
  try {
    camera.srcObject = await navigator.mediaDevices.getUserMedia(WISH);
    await camera.play();
  } catch (error) {
    const isDenied = error.name === "NotAllowedError";
    return hint(`${isDenied ? "Chưa được phép dùng máy ảnh" : "Không thấy máy ảnh"}. Hãy bấm «Ứng dụng máy ảnh…».`);
  }
  one("#finder").hidden = false;
  one("#shoot").hidden = false;
  setInterval(lookForSheet, LOOK_EVERY_MS);
  return lookForSheet();
}

async function shoot() {
  const camera = one("#camera");
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [camera.videoWidth, camera.videoHeight];
  canvas.getContext("2d").drawImage(camera, 0, 0);
  one("#finder").classList.add("flash");
  setTimeout(() => one("#finder").classList.remove("flash"), 150);
  const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", JPEG_QUALITY); });
  return take(blob);
}

/* ---- the outline of the sheet: the largest bright spot of a small grey picture, and its four corners */

const SIDE = 160;
// Of the picture; less is a card far away, or none.
const SHEET_SHARE_MIN = 0.2;
// Of the quadrilateral that is bright: a sheet is, a window behind it is not.
const FILL_MIN = 0.85;
const small = document.createElement("canvas");

function lookForSheet() {
  const camera = one("#camera");
  if (!camera.videoWidth || document.hidden) return;
  const scale = SIDE / Math.max(camera.videoWidth, camera.videoHeight);
  const [width, height] = [Math.round(camera.videoWidth * scale), Math.round(camera.videoHeight * scale)];
  [small.width, small.height] = [width, height];
  const context = small.getContext("2d", { willReadFrequently: true });
  context.drawImage(camera, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const grey = Uint8Array.from({ length: width * height }, (_, at) => (data[4 * at] * 3 + data[4 * at + 1] * 6 + data[4 * at + 2]) / 10);
  const corners = sheetIn(grey, width, height);
  one("#outline").setAttribute("viewBox", `0 0 ${width} ${height}`);
  one("#outline polygon").setAttribute("points", corners ? corners.map(([x, y]) => `${x},${y}`).join(" ") : "");
  hint(corners ? "Đã thấy bốn cạnh tờ giấy." : "Đưa cả tờ giấy vào khung, trên nền sẫm hơn giấy.");
}

function sheetIn(grey, width, height) {
  const spot = largestSpot(grey, width, height, brightness(grey));
  let corners;
  let best = [-Infinity, -Infinity, -Infinity, -Infinity];
  for (const at of spot) {
    const [x, y] = [at % width, Math.floor(at / width)];
    const towards = [-x - y, x - y, x + y, y - x];
    corners = towards.map((value, corner) => (value > best[corner] ? [x, y] : corners[corner]));
    best = towards.map((value, corner) => Math.max(value, best[corner]));
  }
  if (!corners) return undefined;
  const area = Math.abs(corners.reduce((sum, [x, y], at) => {
    const [nextX, nextY] = corners[(at + 1) % 4];
    return sum + x * nextY - nextX * y;
  }, 0)) / 2;
  const isSheet = area >= SHEET_SHARE_MIN * width * height && spot.length >= FILL_MIN * area;
  // What fills the whole picture has no edges in it.
  const touches = corners.filter(([x, y]) => (x < 2 || x > width - 3) && (y < 2 || y > height - 3)).length;
  return isSheet && touches < 4 ? corners : undefined;
}

// Otsu's threshold: where the two kinds of pixels differ most.
function brightness(grey) {
  const counts = new Array(256).fill(0);
  for (const value of grey) counts[value] += 1;
  const total = grey.length;
  const sum = counts.reduce((all, count, value) => all + value * count, 0);
  let [dark, darkSum, best, threshold] = [0, 0, 0, 128];
  for (let value = 0; value < 256; value += 1) {
    dark += counts[value];
    darkSum += value * counts[value];
    if (dark === 0 || dark === total) continue;
    const apart = darkSum / dark - (sum - darkSum) / (total - dark);
    const between = dark * (total - dark) * apart * apart;
    if (between > best) [best, threshold] = [between, value];
  }
  return threshold;
}

function largestSpot(grey, width, height, threshold) {
  const seen = new Uint8Array(grey.length);
  let largest = [];
  for (let start = 0; start < grey.length; start += 1) {
    if (seen[start] || grey[start] <= threshold) continue;
    const spot = [start];
    seen[start] = 1;
    for (let done = 0; done < spot.length; done += 1) {
      const at = spot[done];
      const x = at % width;
      const around = [x > 0 ? at - 1 : -1, x < width - 1 ? at + 1 : -1, at - width, at + width];
      for (const near of around) {
        if (near < 0 || near >= grey.length || seen[near] || grey[near] <= threshold) continue;
        seen[near] = 1;
        spot.push(near);
      }
    }
    if (spot.length > largest.length) largest = spot;
  }
  return largest;
}

/* ---- wiring */

one("#shoot").addEventListener("click", shoot);
one("#picture").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (file) await take(file);
  event.target.value = "";
});
one("#finish").addEventListener("click", async () => {
  await keep({ number: FINISHING });
  finishing = true;
  draw();
  send();
});
one("#pages").addEventListener("click", (event) => {
  const { retake, remove: removed } = event.target.dataset;
  if (removed) remove(Number(removed));
  if (!retake) return;
  retaking = retaking === Number(retake) ? undefined : Number(retake);
  draw();
});
window.addEventListener("online", send);

async function resume() {
  const rows = (await kept()).map(({ address: _, ...page }) => page);
  pages = rows.filter((page) => page.number !== FINISHING);
  finishing = pages.length < rows.length;
  // What the server has is not sent again; what only it has came from here too, before the phone forgot. The list is old when the page was
  // opened without a network: it tells of pages that are there, and never that one is not.
  for (const there of JSON.parse(held)) {
    const known = pages.find((page) => page.number === there.number);
    if (!known) replace({ ...there, sent: true });
    else if (!known.gone && known.sha256 === there.sha256) known.sent = true;
  }
  draw();
  send();
}

// So that the page can be opened again without a network; where the browser cannot do that, it waits for one.
async function keepItself() {
  if (!navigator.serviceWorker || !window.caches) return;
  await navigator.serviceWorker.register("/capture/worker.js", { scope: "/capture/" });
  const files = Array.from(document.querySelectorAll("link[href], script[src]"), (file) => file.href || file.src);
  const cache = await caches.open(DATABASE);
  await cache.addAll([address, ...files]);
}

resume();
begin();
keepItself().catch(() => {});
