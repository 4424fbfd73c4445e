// The learner's pages can be put on a phone's first screen. The worker keeps one page, for when there is no network.
"use strict";
if (navigator.serviceWorker) { navigator.serviceWorker.register("/sw.js", { scope: "/my" }).catch(() => {}); }
