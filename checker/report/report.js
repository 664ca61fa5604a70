"use strict";
/* The filter over findings, folding all at once, and paper: nothing is folded there. */
(() => {
  const details = [...document.querySelectorAll("details")];
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = details.filter((each) => !each.open);
    folded.forEach((each) => (each.open = true));
  });
  addEventListener("afterprint", () => folded.forEach((each) => (each.open = false)));

  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1));
    const inside = target?.closest("article.finding")?.querySelector(":scope > details");
    if (!inside) return;
    inside.open = true;
    for (let each = target; each && each !== inside; each = each.parentElement) if (each.matches("details")) each.open = true;
    if (target.matches("li")) target.firstElementChild.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  const form = document.querySelector(".filter");
  if (!form) return;
  const words = form.elements.q;
  const status = form.elements.is;
  const button = form.querySelector("button");
  const told = form.querySelector("output");
  const articles = [...document.querySelectorAll("article.finding")];
  const groups = [...document.querySelectorAll("section.clause"), ...document.querySelectorAll("section.case")];
  const texts = new Map();
  const text = (article) => {
    if (!texts.has(article)) {
      const above = [article.closest(".clause").querySelector("h3"), article.closest(".case").querySelector("h2")];
      texts.set(article, [article, ...above].map((each) => each.textContent).join(" ").toLowerCase());
    }
    return texts.get(article);
  };
  const sieve = () => {
    const needles = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const sifting = needles.length > 0 || status.value !== "";
    let left = 0;
    for (const article of articles) {
      /* the finding, and the elements that it tells of: each is counted */
      const findings = article.dataset.is.split(";").map((each) => each.split(" "));
      const asked = findings.filter((each) => status.value === "" || each.includes(status.value)).length;
      article.hidden = asked === 0 || !needles.every((needle) => text(article).includes(needle));
      left += article.hidden ? 0 : asked;
    }
    for (const group of groups) group.hidden = sifting && !group.querySelector("article.finding:not([hidden])");
    form.classList.toggle("sifting", sifting);
    told.textContent = told.dataset.told.replace("#", left);
  };
  const [unfold, fold] = [button.textContent, button.dataset.told];
  button.addEventListener("click", () => {
    const opens = button.textContent === unfold;
    document.querySelectorAll("article.finding details").forEach((each) => (each.open = opens));
    button.textContent = opens ? fold : unfold;
  });
  form.addEventListener("input", sieve);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  sieve();
})();
