// Finds the message that was pasted: the share of a message's own words that stand in what was typed, and of what was
// typed that stands in the message; what was filled in at run time is in neither.
(function () {
  const box = document.getElementById("message-text");
  const found = document.getElementById("message-found");
  const all = window.landingLabMessages;
  if (!box || !found || !all) return;
  const words = (text) => text.toLowerCase().match(/[a-zà-ÿ%][a-zà-ÿ0-9.%-]*/g) || [];
  const known = all.map(([text]) => new Set(words(text.replace(/‹[^›]*›/g, " "))));
  const rarity = new Map();
  known.forEach((own) => own.forEach((word) => rarity.set(word, (rarity.get(word) || 0) + 1)));
  const weight = (word) => 1 / Math.sqrt(rarity.get(word) || 1);
  function look() {
    const asked = new Set(words(box.value));
    const last = [...asked].pop();
    const scored = known.map((own, index) => {
      let both = 0, total = 0;
      own.forEach((word) => {
        const here = asked.has(word) || (last && last.length > 2 && word.startsWith(last));
        total += weight(word);
        if (here) both += weight(word);
      });
      return [asked.size && total ? (both * both) / total : 0, index];
    });
    scored.sort((one, other) => other[0] - one[0]);
    found.replaceChildren(
      ...scored.filter(([score]) => score > 0.02).slice(0, 12).map(([, index]) => {
        const [text, address, kind] = all[index];
        const item = document.createElement("li");
        const link = document.createElement("a");
        link.href = address;
        text.split(/(‹[^›]*›)/).forEach((part) => {
          const piece = document.createElement(part.startsWith("‹") ? "em" : "span");
          piece.textContent = part.replace(/[‹›]/g, "");
          link.append(piece);
        });
        const tag = document.createElement("span");
        tag.className = "message-kind";
        tag.textContent = kind;
        item.append(link, " ", tag);
        return item;
      })
    );
  }
  box.addEventListener("input", look);
  const given = new URLSearchParams(location.search).get("q");
  if (given) { box.value = given; look(); }
})();
