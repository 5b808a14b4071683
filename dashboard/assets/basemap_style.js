// How the offline basemap looks: quiet by day and by night, so that routes and dots stand out. Kinds: geodata/osm/basemap.py.
(function () {
  "use strict";

  const LAND = { light: "#EFECE6", dark: "#171B20" };
  const FONT =
    'system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", ' +
    '"Noto Sans CJK SC", "Noto Sans SC", "WenQuanYi Micro Hei", sans-serif';

  const AREAS = {
    residential: { fill: "#E8E3DA" },
    industrial: { fill: "#E3E1E8" },
    green: { fill: "#D5E3C8" },
    water: { fill: "#AECCDD" },
    building: { fill: "#DAD3C7", stroke: "#C8BFB1", strokeFrom: 16 },
  };

  // Widths in CSS pixels at some zooms; between them they grow evenly. A casing is one colour around the line.
  const LINES = {
    waterway: { colour: "#AECCDD", widths: [[10, 0.5], [14, 1.6], [18, 6]] },
    district: { colour: "#A79BB1", widths: [[9, 0.8], [14, 1.4]], dash: [7, 3, 2, 3], alpha: 0.75 },
    rail: { colour: "#BDB8B1", widths: [[10, 0.7], [14, 1.4], [18, 3]], dash: [6, 4] },
    path: { colour: "#D3CBBB", widths: [[14, 0.7], [18, 2]], dash: [3, 2] },
    service: { colour: "#FFFFFF", casing: "#D8D1C5", widths: [[13, 0.5], [15, 1.5], [16, 2.6], [18, 7]], cased: 15 },
    street: { colour: "#FFFFFF", casing: "#C4BBAB", widths: [[11, 0.4], [13, 1], [14, 1.9], [15, 3.6], [18, 14]], cased: 14 },
    tertiary: { colour: "#FFFFFF", casing: "#B4A993", widths: [[10, 0.6], [12, 1.3], [14, 3], [15, 5], [18, 18]], cased: 12 },
    secondary: { colour: "#FFF3D2", casing: "#C4AE78", widths: [[9, 0.6], [12, 1.7], [14, 4], [15, 6.2], [18, 21]], cased: 11 },
    primary: { colour: "#FBE5AF", casing: "#D3BC82", widths: [[8, 0.7], [12, 2.1], [14, 4.8], [15, 7], [18, 24]], cased: 10 },
    trunk: { colour: "#F8D999", casing: "#CFAD6E", widths: [[7, 0.8], [12, 2.3], [14, 5], [15, 7.4], [18, 25]], cased: 10 },
    motorway: { colour: "#F0C494", casing: "#CB9B67", widths: [[6, 0.9], [12, 2.5], [14, 5.4], [15, 8], [18, 26]], cased: 9 },
  };
  const ROADS = ["path", "service", "street", "tertiary", "secondary", "primary", "trunk", "motorway"];

  const LABELS = {
    city: { px: 18, weight: 600, colour: "#3E4650", last: 15 },
    town: { px: 14, weight: 600, colour: "#515963" },
    village: { px: 12, weight: 500, colour: "#69707A" },
    estate: { px: 11, weight: 400, colour: "#6E6558" },
    district: { px: 13, weight: 500, colour: "#6C5F7A", spaced: true, last: 15 },
    water: { px: 12, weight: 400, colour: "#3F708A", italic: true },
    street: { px: 11, weight: 400, colour: "#575046" },
  };

  // On a dark page: the same map by night, muted, so that routes stand out. [fill, edge] by kind.
  const NIGHT = {
    residential: ["#1C2026"], industrial: ["#1D1F27"], green: ["#182219"], water: ["#10232E"], building: ["#232830", "#2B313A"],
    waterway: ["#14303F"], district: ["#5C5468"], rail: ["#3B3F46"], path: ["#2F343B"],
    service: ["#2E343C", "#14181C"], street: ["#363D47", "#14181C"], tertiary: ["#3E4651", "#14181C"], secondary: ["#474D56", "#15181C"],
    primary: ["#565856", "#17191B"], trunk: ["#625C4C", "#191919"], motorway: ["#6C5A45", "#1B1918"],
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
