// How the offline basemap looks: quiet by day and by night, so that routes and dots stand out. Kinds: geodata/osm/basemap.py.
(function () {
  "use strict";

  const LAND = { light: "#F2F0EB", dark: "#171B20" };
  const FONT =
    'system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", ' +
    '"Noto Sans CJK SC", "Noto Sans SC", "WenQuanYi Micro Hei", sans-serif';

  const AREAS = {
    residential: { fill: "#EBE7DF" },
    industrial: { fill: "#E7E5E9" },
    green: { fill: "#DDE7D3" },
    water: { fill: "#B9D3E0" },
    building: { fill: "#E0DAD0", stroke: "#D2CBBF", strokeFrom: 16 },
  };

  // Widths in CSS pixels at some zooms; between them they grow evenly. A casing is one colour around the line.
  const LINES = {
    waterway: { colour: "#B9D3E0", widths: [[10, 0.5], [14, 1.6], [18, 6]] },
    district: { colour: "#A79BB1", widths: [[9, 0.8], [14, 1.4]], dash: [7, 3, 2, 3], alpha: 0.75 },
    rail: { colour: "#BDB8B1", widths: [[10, 0.7], [14, 1.4], [18, 3]], dash: [6, 4] },
    path: { colour: "#D3CBBB", widths: [[14, 0.7], [18, 2]], dash: [3, 2] },
    service: { colour: "#FFFFFF", casing: "#E0DBD1", widths: [[13, 0.5], [15, 1.5], [16, 2.6], [18, 7]], cased: 15 },
    street: { colour: "#FFFFFF", casing: "#DDD8CE", widths: [[11, 0.4], [13, 1], [14, 1.9], [15, 3.6], [18, 14]], cased: 14 },
    tertiary: { colour: "#FFFFFF", casing: "#D8D2C6", widths: [[10, 0.6], [12, 1.3], [14, 3], [15, 5], [18, 18]], cased: 13 },
    secondary: { colour: "#FFF7E2", casing: "#DDD3BC", widths: [[9, 0.6], [12, 1.9], [14, 4], [15, 6.2], [18, 21]], cased: 12 },
    primary: { colour: "#FCEBC0", casing: "#DFCD9F", widths: [[8, 0.7], [12, 2.4], [14, 4.8], [15, 7], [18, 24]], cased: 11 },
    trunk: { colour: "#F9DFA9", casing: "#DBC08A", widths: [[7, 0.8], [12, 2.7], [14, 5], [15, 7.4], [18, 25]], cased: 10 },
    motorway: { colour: "#F2CDA5", casing: "#D8AE80", widths: [[6, 0.9], [12, 3], [14, 5.4], [15, 8], [18, 26]], cased: 9 },
  };
  const ROADS = ["path", "service", "street", "tertiary", "secondary", "primary", "trunk", "motorway"];

  const LABELS = {
    city: { px: 18, weight: 600, colour: "#3E4650" },
    town: { px: 14, weight: 600, colour: "#515963" },
    village: { px: 12, weight: 500, colour: "#69707A" },
    estate: { px: 11, weight: 400, colour: "#7D7467" },
    district: { px: 13, weight: 500, colour: "#7A6E87", spaced: true },
    water: { px: 12, weight: 400, colour: "#5B8AA3", italic: true },
    street: { px: 11, weight: 400, colour: "#6B6459" },
  };

  // On a dark page: the same map by night, muted, so that routes stand out. [fill, edge] by kind.
  const NIGHT = {
    residential: ["#1C2026"], industrial: ["#1D1F27"], green: ["#182219"], water: ["#10232E"], building: ["#232830", "#2B313A"],
    waterway: ["#14303F"], district: ["#5C5468"], rail: ["#3B3F46"], path: ["#2B2F35"],
    service: ["#2A2F36", "#14181C"], street: ["#2D333B", "#14181C"], tertiary: ["#333A43", "#14181C"], secondary: ["#3A4048", "#15181C"],
    primary: ["#474B4C", "#17191B"], trunk: ["#524F45", "#191919"], motorway: ["#5A4E40", "#1B1918"],
    label: ["#A9B2BD", "rgba(15, 19, 24, 0.9)"], name: ["#D3DAE2"], lake: ["#7FA9C0"],
  };
  const DAY_HALO = "rgba(250, 249, 246, 0.92)";

  function widthAt(stops, zoom) {
    if (zoom <= stops[0][0]) return stops[0][1];
    for (let k = 1; k < stops.length; k++) {
      const [below, above] = [stops[k - 1], stops[k]];
      if (zoom <= above[0]) {
        const share = (zoom - below[0]) / (above[0] - below[0]);
        return below[1] * Math.pow(above[1] / below[1], share);
      }
    }
    return stops[stops.length - 1][1];
  }

  window.roundsBasemapStyle = { LAND, FONT, AREAS, LINES, ROADS, LABELS, NIGHT, DAY_HALO, widthAt };
})();
