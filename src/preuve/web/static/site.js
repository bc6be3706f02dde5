addEventListener("beforeprint", () => {
  document.querySelectorAll("details.part").forEach((part) => { part.open = true; });
});
document.addEventListener("htmx:afterSettle", (event) => {
  const told = event.target.closest("[data-told]") || event.target.querySelector("[data-told]");
  const place = document.getElementById("told");
  if (told && place) { place.textContent = told.dataset.told; }
});
