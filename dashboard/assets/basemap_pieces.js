// What of the basemap is fetched only when it is in view: pieces (format: geodata/osm/basemap_pieces.py), as scripts,
// for a map's frame may load scripts of this host and ask for nothing else. Each is fetched once; one that does not come
// is asked for again by whoever still needs it.
(function () {
  "use strict";

  const LABEL_REACH_PX = 160; // of a piece that says nothing: it may hold names

  // ``rows`` are the head's, ``box`` gives a row's extent in the pixels of a view, ``arrived`` takes a piece's content.
  window.roundsPieces = function (rows, folder, box, arrived) {
    const pieces = rows.map((row) => ({ ...box(row), from: row[4], to: row[5], reach: row[6] || LABEL_REACH_PX, there: false, coming: null }));

    window.roundsBasemapPiece = (number, content) => {
      if (pieces[number].there) return;
      pieces[number].there = true;
      arrived(content);
    };

    function fetched(number) {
      const piece = pieces[number];
      if (!piece.coming) {
        piece.coming = new Promise((resolve) => {
          const script = document.createElement("script");
          script.onload = script.onerror = () => {
            script.remove();
            piece.coming = null;
            resolve(piece.there);
          };
          script.src = folder + number + ".js";
          document.head.append(script);
        });
      }
      return piece.coming;
    }

    return {
      // The numbers of what a view (left, top, side or width and height, zoom, scale) still lacks.
      missing: (view) => {
        const found = [];
        for (let k = 0; k < pieces.length; k++) {
          const piece = pieces[k], reach = piece.reach / view.scale;
          if (
            !piece.there && piece.from <= view.zoom && view.zoom <= piece.to &&
            piece.right >= view.left - reach && piece.left <= view.left + view.width + reach &&
            piece.bottom >= view.top - reach && piece.top <= view.top + view.height + reach
          ) found.push(k);
        }
        return found;
      },
      // Fetch some; whether all of them came.
      bring: (numbers) => Promise.all(numbers.map(fetched)).then((came) => came.every(Boolean)),
    };
  };
})();
