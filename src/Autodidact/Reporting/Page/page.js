'use strict';
(() => {
  const root = document.documentElement;
  const charts = [];

  const colour = name => getComputedStyle(root).getPropertyValue(`--${name}`).trim();
  const theme = () => ({
    ink: colour('ink'), muted: colour('muted'), line: colour('line'), surface: colour('surface'), raised: colour('raised'), accent: colour('accent'),
    palette: Array.from({ length: 10 }, (_, i) => colour(`c${i}`)),
  });

  const short = v => {
    for (const [size, unit] of [[1e9, 'G'], [1e6, 'M'], [1e3, 'k']]) {
      if (Math.abs(v) >= size) return `${+(v / size).toPrecision(3)}${unit}`;
    }
    return `${+v.toPrecision(3)}`;
  };
  const written = {
    number: v => `${+v.toPrecision(4)}`,
    count: v => Math.round(v).toLocaleString('en'),
    percent: v => `${(100 * v).toFixed(1)}%`,
    short,
  };
  const marked = { ...written, percent: v => `${+(100 * v).toFixed(1)}%` };

  // Tooltips are elements, never strings of markup: names are whatever users called their files.
  const tip = (heading, lines, picture) => {
    const box = document.createElement('div');
    box.className = 'tip';
    if (picture) box.append(picture);
    const b = document.createElement('b');
    b.append(isolated(heading));
    box.append(b);
    for (const [name, value, dot] of lines) {
      const row = document.createElement('div');
      if (dot) {
        const mark = document.createElement('span');
        mark.className = 'dot';
        mark.style.background = dot;
        row.append(mark);
      }
      row.append(isolated(name), value === undefined ? '' : `: `, value === undefined ? '' : isolated(value));
      box.append(row);
    }
    return box;
  };
  const isolated = text => {
    const bdi = document.createElement('bdi');
    bdi.textContent = text;
    return bdi;
  };

  const base = t => ({
    animation: false,
    color: t.palette,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    tooltip: {
      confine: true, backgroundColor: t.surface, borderColor: t.line, textStyle: { color: t.ink }, extraCssText: 'box-shadow:0 2px 10px rgba(0,0,0,.25)',
    },
  });
  const valueAxis = (axis, t, more) => ({
    type: 'value', name: axis.name, nameLocation: 'middle', nameTextStyle: { color: t.muted }, scale: true,
    axisLabel: { color: t.muted, formatter: marked[axis.format], hideOverlap: true }, axisLine: { lineStyle: { color: t.line } },
    splitLine: { lineStyle: { color: t.line } }, ...more,
  });
  const symbols = ['circle', 'rect', 'triangle', 'diamond', 'roundRect', 'pin'];

  const plot = (spec, t) => {
    const legend = spec.series.length > 1;
    const series = spec.series.map((s, i) => ({
      name: s.name, type: s.line ? 'line' : 'scatter', data: s.points.map((p, j) => ({ value: p, name: s.names ? s.names[j] : '' })),
      showSymbol: s.markers || s.points.length === 1, symbol: symbols[i % symbols.length], symbolSize: 9, lineStyle: { width: 2 },
      itemStyle: { color: t.palette[i % t.palette.length] },
    }));
    const dashes = [[6, 4], [2, 3], [8, 3, 2, 3]];
    spec.levels.forEach((level, i) => {
      const xs = spec.series.flatMap(s => s.points.map(p => p[0]));
      // The line without ink makes room for the level on the axis.
      series.push({
        name: level.name, type: 'line', symbol: 'none', silent: true, lineStyle: { opacity: 0 }, data: [[Math.min(...xs), level.value], [Math.max(...xs), level.value]],
        markLine: {
          silent: true, symbol: 'none', data: [{ yAxis: level.value }], lineStyle: { type: dashes[i % dashes.length], width: 1.5, color: t.muted },
          label: { formatter: () => level.name, position: 'insideStartTop', color: t.muted },
        },
      });
    });
    return {
      ...base(t), series,
      grid: { left: 68, right: 22, top: legend ? 34 : 14, bottom: 52 },
      legend: legend ? { type: 'scroll', top: 0, left: 0, right: 0, data: spec.series.map(s => s.name), itemWidth: 18, itemHeight: 9, textStyle: { color: t.ink }, pageTextStyle: { color: t.ink }, pageIconColor: t.accent, pageIconInactiveColor: t.line } : undefined,
      xAxis: valueAxis(spec.x, t, { nameGap: 30, splitLine: { show: false } }),
      yAxis: valueAxis(spec.y, t, { nameGap: 52 }),
      tooltip: {
        ...base(t).tooltip, trigger: spec.series.every(s => s.line && !s.names) ? 'axis' : 'item', axisPointer: { lineStyle: { color: t.muted } },
        formatter: found => {
          const items = Array.isArray(found) ? found : [found];
          if (items.length === 0) return '';
          const x = items[0].value[0];
          const heading = items.length === 1 && items[0].name ? items[0].name : `${spec.x.name} ${written[spec.x.format](x)}`;
          const lines = items.map(i => [i.seriesName, written[spec.y.format](i.value[1]), i.color]);
          if (items.length === 1 && items[0].name) lines.push([spec.x.name, written[spec.x.format](x)]);
          return tip(heading, lines);
        },
      },
    };
  };

  const bars = (spec, t) => ({
    ...base(t),
    grid: { left: 68, right: 14, top: 14, bottom: 52 },
    xAxis: {
      type: 'category', data: spec.names, name: spec.x.name, nameLocation: 'middle', nameGap: 30, nameTextStyle: { color: t.muted },
      axisLabel: { show: false }, axisTick: { show: false }, axisLine: { lineStyle: { color: t.line } },
    },
    yAxis: valueAxis(spec.y, t, { scale: false, nameGap: 52 }),
    series: [{ type: 'bar', data: spec.values, itemStyle: { color: t.palette[0] }, barCategoryGap: '15%' }],
    tooltip: { ...base(t).tooltip, trigger: 'axis', axisPointer: { type: 'shadow' }, formatter: f => tip(f[0].name, [[spec.y.name, written[spec.y.format](f[0].value)]]) },
  });

  const heat = (spec, t) => {
    const sums = spec.rows.map(() => 0);
    for (const [row, , count] of spec.counts) sums[row] += count;
    const narrow = innerWidth < 600;
    const longest = names => Math.max(...names.map(n => n.length));
    const left = Math.min(narrow ? 96 : 190, 16 + 7 * longest(spec.rows));
    return {
      ...base(t),
      grid: { left, right: 10, top: Math.min(120, 20 + 5.5 * longest(spec.columns)), bottom: 48 },
      xAxis: {
        type: 'category', data: spec.columns, position: 'top', axisTick: { show: false }, axisLine: { show: false },
        axisLabel: { color: t.ink, rotate: 45, interval: 0, width: 110, overflow: 'truncate' },
      },
      yAxis: {
        type: 'category', data: spec.rows, inverse: true, axisTick: { show: false }, axisLine: { show: false },
        axisLabel: { color: t.ink, interval: 0, width: left - 12, overflow: 'truncate', fontSize: 11 },
      },
      visualMap: {
        min: 0, max: 1, orient: 'horizontal', left: 'center', bottom: 0, itemHeight: 160, itemWidth: 12, text: ['all', 'none of the row'], textStyle: { color: t.muted },
        inRange: { color: [t.raised, t.accent] }, hoverLink: false,
      },
      series: [{
        type: 'heatmap', data: spec.counts.map(([row, column, count]) => ({ value: [column, row, count / sums[row]], count })),
        itemStyle: { borderColor: t.surface, borderWidth: 1 }, emphasis: { itemStyle: { borderColor: t.ink } },
      }],
      tooltip: {
        ...base(t).tooltip, trigger: 'item',
        formatter: f => tip(spec.rows[f.value[1]], [[spec.columns[f.value[0]], `${f.data.count.toLocaleString('en')} images, ${written.percent(f.value[2])} of the row`]]),
      },
    };
  };

  const chosen = (id, what) => document.querySelector(`input[name="${id}-${what}"]:checked`).value;
  const map = (spec, t, id) => {
    const layout = spec.layouts[chosen(id, 'layout')];
    const colouring = spec.colourings.find(c => c.name === chosen(id, 'colouring'));
    const few = colouring.groups.length <= t.palette.length;
    const dark = matchMedia('(prefers-color-scheme: dark)').matches && !root.classList.contains('paper');
    const shade = g => (few ? t.palette[g] : `hsl(${(g * 137.508) % 360} 65% ${(dark ? 62 : 40) + 8 * (g % 3 - 1)}%)`);
    const groups = colouring.groups.map((name, g) => ({ name, colour: shade(g), data: [] }));
    const others = { name: 'not known', colour: t.muted, data: [] };
    colouring.group.forEach((g, i) => (g < 0 ? others : groups[g]).data.push([layout[2 * i], layout[2 * i + 1], i]));
    const all = [...groups, others].filter(g => g.data.length > 0);
    return {
      ...base(t),
      grid: { left: 4, right: 4, top: few ? 34 : 4, bottom: 4 },
      legend: few ? { type: 'scroll', top: 0, textStyle: { color: t.ink }, pageTextStyle: { color: t.ink }, pageIconColor: t.accent, pageIconInactiveColor: t.line } : undefined,
      xAxis: { type: 'value', show: false, scale: true }, yAxis: { type: 'value', show: false, scale: true },
      series: all.map(g => ({ name: g.name, type: 'scatter', data: g.data, symbolSize: 6, itemStyle: { color: g.colour, opacity: 0.8 }, emphasis: { scale: 1.8 } })),
      tooltip: {
        ...base(t).tooltip, trigger: 'item',
        formatter: f => {
          const i = f.value[2];
          const lines = spec.colourings.map(c => [c.name, c.group[i] < 0 ? 'not known' : c.groups[c.group[i]]]);
          return tip(spec.names[i], lines, thumb(spec.sheet, i));
        },
      },
    };
  };
  const thumb = (sheet, i) => {
    if (!sheet) return undefined;
    const [side, column, row] = [96, i % sheet.columns, Math.floor(i / sheet.columns)];
    const box = document.createElement('div');
    box.className = 'thumb';
    box.style.backgroundImage = `url(${sheet.url})`;
    box.style.backgroundSize = `${side * sheet.columns}px ${side * sheet.rows}px`;
    box.style.backgroundPosition = `${-side * column}px ${-side * row}px`;
    return box;
  };

  const kinds = { plot, bars, heat, map };
  const draw = chart => chart.drawing.setOption(kinds[chart.spec.$type](chart.spec, theme(), chart.id), true);
  for (const data of document.querySelectorAll('script[data-chart]')) {
    const id = data.dataset.chart;
    const spec = JSON.parse(data.textContent);
    const place = document.getElementById(id);
    place.replaceChildren();
    // Thousands of points are quicker as pixels; everything else prints sharper as shapes.
    const chart = { id, spec, drawing: echarts.init(place, null, { renderer: spec.$type === 'map' ? 'canvas' : 'svg' }) };
    charts.push(chart);
    draw(chart);
    for (const input of document.querySelectorAll(`input[name^="${id}-"]`)) input.addEventListener('change', () => draw(chart));
    new ResizeObserver(() => chart.drawing.resize()).observe(place);
  }

  const redraw = () => charts.forEach(draw);
  const paper = on => {
    root.classList.toggle('paper', on);
    redraw();
    for (const { drawing } of charts) {
      drawing.resize();
      // Paper is laid out after this: shapes that know their size are scaled to it.
      const shapes = drawing.getDom().querySelector('svg');
      if (shapes && on) shapes.setAttribute('viewBox', `0 0 ${drawing.getWidth()} ${drawing.getHeight()}`);
      else if (shapes) shapes.removeAttribute('viewBox');
    }
  };
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  addEventListener('beforeprint', () => paper(true));
  addEventListener('afterprint', () => paper(false));
})();
