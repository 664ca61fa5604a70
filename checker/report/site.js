"use strict";
/* The filter of the list of rules: rows that lack a word, or are of another kind or basis, are hidden. */
(() => {
  const form = document.querySelector(".filter");
  const fields = [...form.querySelectorAll("input, select")];
  const [words, ...choices] = fields;
  const told = form.querySelector("output");
  const rows = [...document.querySelectorAll("tbody tr")];
  const sieve = () => {
    const needles = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    for (const row of rows) {
      const text = row.dataset.text;
      row.hidden =
        !needles.every((needle) => text.includes(needle)) ||
        !choices.every((choice) => !choice.value || row.dataset[choice.name] === choice.value);
      left += row.hidden ? 0 : 1;
    }
    told.textContent = told.dataset.told.replace("#", left).replace("#", rows.length);
  };
  words.value = new URLSearchParams(location.search).get("q") ?? "";
  fields.forEach((field) => field.addEventListener("input", sieve));
  form.hidden = false;
  sieve();
})();
