// Small comforts over pages that work without: live rows, keys, totals of what is ticked.
"use strict";
(() => {
  const rows = () => document.getElementById("rows");
  const ticked = () => [...document.querySelectorAll("input[name=item]:checked")];
  const typing = (element) => element && element.closest("input:not([type=checkbox]), select, textarea");

  // Live: the rows come anew every five seconds, but never under somebody's hands.
  setInterval(() => {
    const busy = typing(document.activeElement) || ticked().length || document.querySelector("#rows details[open]");
    const filled = [...document.querySelectorAll("#rows input:not([type=checkbox]):not([type=hidden]), #rows select")]
      .some((field) => field.value !== (field.defaultValue ?? [...field.options].find((o) => o.defaultSelected)?.value ?? field.options[0].value));
    if (rows() && !busy && !filled && !document.hidden) htmx.trigger(rows(), "fresh");
    if (document.getElementById("health") && !document.hidden) htmx.trigger("#health", "fresh");
  }, 5000);

  // On a narrow screen the menu folds; without this it only stands open.
  const menu = document.querySelector(".t-menu"), narrow = matchMedia("(max-width: 52rem)");
  const fold = () => { if (menu) menu.open = !narrow.matches; };
  narrow.addEventListener("change", fold);
  fold();

  const total = () => {
    const place = document.getElementById("total");
    if (!place) return;
    const cents = ticked().reduce((sum, box) => sum + BigInt(box.dataset.cents || 0), 0n);
    const sign = cents < 0n ? "-" : "", size = cents < 0n ? -cents : cents;
    const whole = (size / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ",");
    const count = ticked().length;
    place.textContent = count ? `${count} ticked · ${sign}${whole}.${(size % 100n).toString().padStart(2, "0")}` : "Nothing ticked";
  };
  document.addEventListener("change", (event) => {
    if (event.target.id === "all") {
      document.querySelectorAll("input[name=item]:not(:disabled)").forEach((box) => { box.checked = event.target.checked; });
    }
    total();
  });
  document.addEventListener("htmx:afterSwap", total);

  // Keys, only when nobody is typing.
  let here = -1;
  const all = () => [...document.querySelectorAll("#rows tr[data-id]")];
  const go = (step) => {
    const list = all();
    if (!list.length) return;
    list[here]?.classList.remove("t-here");
    here = Math.max(0, Math.min(list.length - 1, here + step));
    list[here].classList.add("t-here");
    list[here].scrollIntoView({ block: "nearest" });
    list[here].querySelector("a")?.focus({ preventScroll: true });
  };
  const press = (what) => all()[here]?.querySelector(what)?.click();
  const keys = {
    j: () => go(1), k: () => go(-1),
    x: () => press("input[name=item]"), a: () => press("button[data-act=accept]"),
    r: () => { const part = all()[here]?.querySelector("details[data-act=reject]"); if (part) { part.open = true; part.querySelector("input").focus(); } },
    o: () => press("a"), "/": () => document.getElementById("q")?.focus(),
    "?": () => { const help = document.getElementById("keys"); if (help) help.hidden = !help.hidden; },
  };
  // Enter in a field means the button beside it: the reason's own, or else Accept.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("#rows input, .t-decide input")) return;
    const part = event.target.closest("details[data-act]") ?? event.target.closest("tr, form");
    const button = part.querySelector("button[data-act]:not([data-act='']):not(:disabled)");
    event.preventDefault();
    if (button && typing(event.target)) button.click();
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
})();
