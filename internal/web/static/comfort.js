// Comfort only: every page works without this file.
"use strict";
document.querySelectorAll("[data-copy]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => {
    const from = document.getElementById(button.dataset.copy);
    navigator.clipboard.writeText(from.value || from.textContent).then(() => {
      const old = button.textContent;
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = old; }, 2000);
    });
  });
});
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
document.querySelectorAll("[data-open]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => {
    document.querySelectorAll(".line > details").forEach((d) => { d.open = true; });
  });
});
// A link to a line opens it.
const openTarget = () => {
  const line = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const details = line && line.querySelector("details");
  if (details) { details.open = true; line.scrollIntoView(); }
};
addEventListener("hashchange", openTarget);
openTarget();
// A page that shows work under way asks for itself again.
const wait = document.querySelector("[data-refresh]");
if (wait) { setTimeout(() => location.reload(), Number(wait.dataset.refresh) * 1000); }
