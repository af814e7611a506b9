// Lets the page for photographs be opened again where there is no network: what was taken waits on the phone. The page puts itself and its
// files into the cache (`phone.js`); they are given only when the network does not answer.
"use strict";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function answer(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const held = await caches.match(request.url);
    if (held) return held;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  if (event.request.method === "GET") event.respondWith(answer(event.request));
});
