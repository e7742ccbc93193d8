"use strict";
// Marks what belongs together on both sides and brings the other side into view. Without it the page works by its links alone.
(() => {
  const source = document.querySelector("#source .pane-body");
  const draft = document.querySelector("#draft .pane-body");
  let marked = [];
  let pinned = null;
  let waiting = 0;

  const linesOf = (item) => {
    const found = [];
    for (const run of item.dataset.lines.split(" ")) {
      const [first, last] = run.split("-").map(Number);
      for (let number = first; number <= last; number += 1) found.push(document.getElementById(`L${number}`));
    }
    return found;
  };
  const itemsOf = (line) =>
    [...line.querySelectorAll("a.use")].map((link) => document.querySelector(`${link.hash}:not(.part), ${link.hash} > h3`));
  const subjectOf = (element) => element.closest?.(".line, .item[data-lines]") ?? null;

  const show = (pane, element) => {
    if (!element || getComputedStyle(pane).overflowY !== "auto") return;
    const inside = element.getBoundingClientRect();
    const frame = pane.getBoundingClientRect();
    const top = inside.top - frame.top;
    if (top >= 0 && Math.min(inside.bottom, inside.top + 60) <= Math.min(frame.bottom, innerHeight)) return;
    pane.scrollTop += top - pane.clientHeight / 4;
  };

  const mark = (subject, scrolls) => {
    for (const element of marked) element.classList.remove("marked");
    marked = [];
    if (!subject) return;
    const isLine = subject.classList.contains("line");
    const others = isLine ? itemsOf(subject) : linesOf(subject);
    marked = [subject, ...others];
    for (const element of marked) element.classList.add("marked");
    if (scrolls) {
      const pane = isLine ? draft : source;
      const first = others.find((element) => element.offsetParent !== null || element.getClientRects().length);
      show(pane, first);
      // What was not laid out yet has its true height only now.
      requestAnimationFrame(() => show(pane, first));
    }
  };

  const panes = document.getElementById("panes");
  panes.addEventListener("pointerover", (event) => {
    if (pinned || event.pointerType !== "mouse") return;
    clearTimeout(waiting);
    const subject = subjectOf(event.target);
    waiting = setTimeout(() => mark(subject, true), 120);
  });
  panes.addEventListener("pointerleave", () => {
    clearTimeout(waiting);
    if (!pinned) mark(null, false);
  });
  panes.addEventListener("focusin", (event) => {
    const subject = subjectOf(event.target);
    if (!subject || event.target.matches(".pane-body")) return;
    pinned = null;
    mark(subject, !event.target.matches(":active"));
  });
  panes.addEventListener("click", (event) => {
    if (event.target.closest("input, label, summary, a") || String(getSelection())) return;
    clearTimeout(waiting);
    const subject = subjectOf(event.target);
    pinned = subject && subject !== pinned ? subject : null;
    mark(pinned, true);
  });
  document.querySelector(".places").addEventListener("click", (event) => {
    if (event.target.closest("a")) event.currentTarget.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    pinned = null;
    mark(null, false);
  });
  const follow = () => {
    const target = location.hash ? document.getElementById(location.hash.slice(1)) : null;
    if (!target?.matches(".line, .item")) return;
    clearTimeout(waiting);
    pinned = subjectOf(target);
    mark(pinned, true);
  };
  addEventListener("hashchange", follow);
  follow();
})();
