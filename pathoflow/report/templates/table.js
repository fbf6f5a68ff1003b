// Sorting and filtering of the vessel table. Without it the page reads the same, most suspicious first.
(function () {
  "use strict";
  const table = document.getElementById("vessel-table");
  const tools = document.getElementById("table-tools");
  if (!table || !tools) return;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const headers = Array.from(table.tHead.rows[0].cells);

  function compare(a, b, column, isNumber, sign) {
    const x = a.cells[column].dataset.key;
    const y = b.cells[column].dataset.key;
    // What is unknown stays at the end, whichever way the rest is sorted.
    if (x === "" || y === "") return (x === "") - (y === "");
    return sign * (isNumber ? Number(x) - Number(y) : x.localeCompare(y));
  }

  headers.forEach(function (header, column) {
    const isNumber = header.dataset.kind === "number";
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener("click", function () {
      const first = isNumber && column > 0 ? "descending" : "ascending";
      const other = first === "ascending" ? "descending" : "ascending";
      const order = header.getAttribute("aria-sort") === first ? other : first;
      headers.forEach((cell) => cell.removeAttribute("aria-sort"));
      header.setAttribute("aria-sort", order);
      const sign = order === "ascending" ? 1 : -1;
      rows.sort((a, b) => compare(a, b, column, isNumber, sign));
      body.append(...rows);
    });
  });

  const words = document.createElement("input");
  words.type = "search";
  words.placeholder = "portal, adherent, an id \u2026";
  const called = document.createElement("input");
  called.type = "checkbox";
  const count = document.createElement("span");
  count.setAttribute("aria-live", "polite");

  function filter() {
    const wanted = words.value.trim().toLowerCase();
    let shown = 0;
    rows.forEach(function (row) {
      const isShown = (!called.checked || row.classList.contains("called")) &&
        row.textContent.toLowerCase().includes(wanted);
      row.hidden = !isShown;
      shown += isShown ? 1 : 0;
    });
    count.textContent = shown + " of " + rows.length + " rows";
  }

  function labelled(text, input) {
    const label = document.createElement("label");
    label.append(text, " ", input);
    return label;
  }

  words.addEventListener("input", filter);
  called.addEventListener("change", filter);
  tools.append(labelled("Filter", words), labelled("Candidates only", called), count);
  filter();
}());
