// Filters and permalinks. The page can be read without this.
"use strict";
(() => {
  const form = document.getElementById("filters");
  const entries = [...document.querySelectorAll("[data-standing]")];
  const groups = [...document.querySelectorAll("[data-group]")];
  const shown = document.getElementById("shown");
  const articles = entries.filter((one) => one.tagName === "ARTICLE");
  const words = new Map(entries.map((one) => [one, one.dataset.words || one.textContent.toLowerCase()]));
  const boxes = [...form.querySelectorAll("input[name=verdict]")];

  function matches(one, verdicts) {
    const { code, level, text } = form.elements;
    return one.dataset.standing.split(" ").some((standing) => verdicts.has(standing))
      && (!code.value || one.dataset.codes.split(" ").includes(code.value))
      && (!level.value || one.dataset.level === level.value)
      && text.value.toLowerCase().split(/\s+/).every((word) => words.get(one).includes(word));
  }

  function apply() {
    const verdicts = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    for (const one of entries) one.hidden = !matches(one, verdicts);
    for (const group of groups) group.hidden = !group.querySelector("[data-standing]:not([hidden])");
    const number = articles.filter((one) => !one.hidden).length;
    shown.textContent = `${number} of ${articles.length} shown`;
  }

  function remember() {
    const said = new URLSearchParams();
    for (const name of ["code", "level", "text"]) if (form.elements[name].value) said.set(name, form.elements[name].value);
    const on = boxes.filter((box) => box.checked).map((box) => box.value);
    if (on.length < boxes.length) said.set("verdict", on.join(","));
    history.replaceState(null, "", said.size ? `#?${said}` : location.pathname + location.search);
  }

  function change() {
    apply();
    remember();
  }

  function clear() {
    form.reset();
    apply();
  }

  function decoded(fragment) {
    try {
      return decodeURIComponent(fragment);
    } catch {
      return fragment;
    }
  }

  function follow() {
    const fragment = location.hash.slice(1);
    if (fragment.startsWith("?")) {
      const said = new URLSearchParams(fragment.slice(1));
      for (const name of ["code", "level", "text"]) form.elements[name].value = said.get(name) || "";
      const on = said.has("verdict") ? said.get("verdict").split(",") : boxes.map((box) => box.value);
      for (const box of boxes) box.checked = on.includes(box.value);
      apply();
      document.getElementById("results").scrollIntoView();
      return;
    }
    const target = fragment && document.getElementById(decoded(fragment));
    const article = target && target.closest("article");
    if (!article) return;
    if (article.hidden) clear();
    article.querySelector("details").open = true;
    target.scrollIntoView();
  }

  document.addEventListener("click", (event) => {
    const cell = event.target.closest("a[data-code]");
    if (!cell || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    form.reset();
    form.elements.code.value = cell.dataset.code;
    change();
    document.getElementById("results").scrollIntoView();
    form.elements.code.focus({ preventScroll: true });
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", change);
  form.querySelector("[data-do=clear]").addEventListener("click", () => { clear(); remember(); });
  form.querySelector("[data-do=open]").addEventListener("click", (event) => {
    const visible = articles.filter((one) => !one.hidden).map((one) => one.querySelector("details"));
    const open = visible.some((one) => !one.open);
    for (const one of visible) one.open = open;
    event.target.textContent = open ? "Close all" : "Open all";
  });
  window.addEventListener("hashchange", follow);
  form.hidden = false;
  apply();
  follow();
})();
