// Keeps the page for when there is no network, and nothing else: no page of anybody's record is ever stored.
"use strict";
const kept = "offline-VERSION";
const files = FILES;
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(kept).then((cache) => Promise.all(files.map((file) => fetch(file, { credentials: "omit", cache: "no-cache" }).then((answer) => answer.ok ? cache.put(file, answer) : undefined)))).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name !== kept).map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) { return; }
  if (event.request.mode === "navigate") {
    event.respondWith(fetch(event.request).catch(() => caches.match("/offline")));
  } else if (files.includes(url.pathname) && url.pathname.startsWith("/static/")) {
    event.respondWith(caches.match(url.pathname).then((hit) => hit || fetch(event.request)));
  }
});
