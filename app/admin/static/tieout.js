// Small comforts over pages that work without: live rows, keys, totals of what is ticked.
"use strict";
(() => {
  const $ = (what) => document.querySelector(what);
  const rows = () => document.getElementById("rows");
  const all = () => [...document.querySelectorAll("#rows tr[data-id]")];
  const ticked = () => [...document.querySelectorAll("input[name=item]:checked")];
  const typing = (element) => element && element.closest("input:not([type=checkbox]), select, textarea");
  // Read out politely; emptied first, so that the same words are read again.
  const say = (words) => {
    const place = document.getElementById("said");
    if (!place || !words) return;
    place.textContent = "";
    setTimeout(() => { place.textContent = words; }, 120);
  };

  // Live: the rows are asked for every few seconds and come when anything changed, but never under somebody's hands.
  setInterval(() => {
    if (document.hidden) return;
    const busy = typing(document.activeElement) || ticked().length || $("#rows details[open], .t-foot details[open]");
    const filled = [...document.querySelectorAll("#rows input:not([type=checkbox]):not([type=hidden]), #rows select")]
      .some((field) => field.value !== (field.defaultValue ?? [...field.options].find((o) => o.defaultSelected)?.value ?? field.options[0].value));
    if (rows() && !busy && !filled) htmx.trigger(rows(), "fresh");
    if ($("#health")) htmx.trigger("#health", "fresh");
  }, 4000);

  // On a narrow screen the menu folds; without this it only stands open.
  const menu = $(".t-menu"), narrow = matchMedia("(max-width: 52rem)");
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
  total();

  // Where one is: a row by its item, or the place in the list that it left to another.
  let here = { id: "", index: -1 };
  const found = () => {
    const list = all(), index = list.findIndex((row) => row.dataset.id === here.id);
    return index < 0 ? Math.min(here.index, list.length - 1) : index;
  };
  const stand = (index) => {
    const list = all();
    if (!list.length) return;
    index = Math.max(0, Math.min(list.length - 1, index));
    list.forEach((row, number) => row.classList.toggle("t-here", number === index));
    here = { id: list[index].dataset.id, index };
    list[index].scrollIntoView({ block: "nearest" });
    list[index].querySelector("a")?.focus({ preventScroll: true });
  };

  // Rows that left by themselves are told of, and the keyboard stays where it was.
  let before = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== rows()) return;
    const row = document.activeElement?.closest?.("#rows tr[data-id]");
    if (row) here = { id: row.dataset.id, index: all().indexOf(row) };
    before = { ids: all().map((one) => one.dataset.id), focused: Boolean(row) };
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target !== rows() || !before) return;
    const now = new Set(all().map((one) => one.dataset.id));
    const gone = before.ids.filter((id) => !now.has(id)).length, came = [...now].filter((id) => !before.ids.includes(id)).length;
    if (before.focused && all().length) stand(found());
    else if (here.index >= 0) all()[found()]?.classList.add("t-here");
    const words = [gone && `${gone} left this list`, came && `${came} came`].filter(Boolean);
    if (words.length) say(`${words.join(", ")}; ${now.size} shown now.`);
    before = null;
    total();
  });

  // After an action the keyboard goes on at the next row, and what became of it is read out.
  const KEPT = "tieout:next";
  document.addEventListener("submit", (event) => {
    const row = event.submitter?.closest("#rows tr[data-id]");
    if (!row) return;
    const list = all(), index = list.indexOf(row);
    const ids = [...list.slice(index + 1), ...list.slice(0, index).reverse()].map((one) => one.dataset.id);
    sessionStorage.setItem(KEPT, JSON.stringify({ path: location.pathname, ids: ids.slice(0, 5) }));
  });
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  sessionStorage.removeItem(KEPT);
  if (kept?.path.split("/")[2] === location.pathname.split("/")[2] && rows() && $("#told .t-good") && !$("#told .t-bad")) {
    const next = all().findIndex((row) => kept.ids.includes(row.dataset.id));
    if (next >= 0) {
      stand(next);
      say([...document.querySelectorAll("#told p")].map((one) => one.textContent).join(" "));
    }
  }

  // Enter in a field means the button beside it: the reason's own, or else Accept.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("#rows input, .t-decide input")) return;
    const part = event.target.closest("details[data-act]") ?? event.target.closest("tr, form");
    const button = part.querySelector("button[data-act]:not([data-act='']):not(:disabled)");
    event.preventDefault();
    if (button && typing(event.target)) button.click();
  });

  // A problem of a file leads to its place in the text.
  document.addEventListener("click", (event) => {
    const place = event.target.closest?.("a[data-line]"), text = document.getElementById("text");
    if (!place || !text) return;
    event.preventDefault();
    const before = text.value.split("\n").slice(0, place.dataset.line - 1);
    const at = before.reduce((sum, line) => sum + line.length + 1, 0) + Number(place.dataset.column) - 1;
    text.focus();
    text.setSelectionRange(at, at);
    text.scrollTop = Math.max(0, before.length - 4) * parseFloat(getComputedStyle(text).lineHeight);
  });

  // Keys, only when nobody is typing, and not for those who turned them off.
  if (document.body.dataset.keys === "off") return;
  const press = (what) => all()[found()]?.querySelector(what)?.click();
  const keys = {
    j: () => stand(found() + 1), k: () => stand(found() - 1),
    x: () => press("input[name=item]"), a: () => press("button[data-act=accept]"),
    r: () => { const part = all()[found()]?.querySelector("details[data-act=reject]"); if (part) { part.open = true; part.querySelector("input").focus(); } },
    o: () => press("a"), u: () => $("[data-undo]")?.click(), "/": () => document.getElementById("q")?.focus(),
    "?": () => { const help = document.getElementById("keys"); if (help) help.open ? help.close() : help.showModal(); },
  };
  let going = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const goes = Date.now() - going < 1500;
    going = event.key === "g" && !goes ? Date.now() : 0;
    const act = goes ? () => $(`a[data-go="${CSS.escape(event.key)}"]`)?.click() : keys[event.key];
    if (!act || document.getElementById("keys")?.open && event.key !== "?") return;
    event.preventDefault();
    act();
  });
})();
