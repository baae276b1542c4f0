// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0
//
// The console's page. Whatever comes from the program is put into text nodes and nowhere else.
'use strict';

const byId = id => document.getElementById(id);

/// An element. Strings among the children become text nodes.
function element(tag, properties = {}, ...children) {
    const made = document.createElement(tag);
    for (const [key, value] of Object.entries(properties)) {
        if (key in made && key !== 'role') made[key] = value;
        else made.setAttribute(key, value);
    }
    made.append(...children.filter(child => child || child === 0));
    return made;
}

/// Gives a box these children. What is there already stays the same element, so that it keeps the
/// focus, and a click that has begun.
function fill(box, ...children) {
    const fresh = document.createDocumentFragment();
    fresh.append(...children.filter(Boolean));
    alter(box, fresh);
}
function alter(box, fresh) {
    const wanted = [...fresh.childNodes];
    while (box.childNodes.length > wanted.length) box.lastChild.remove();
    wanted.forEach((node, n) => {
        const is = box.childNodes[n];
        if (!is) box.append(node);
        else if (is.nodeName !== node.nodeName) is.replaceWith(node);
        else if (is.nodeType === Node.TEXT_NODE) {
            if (is.data !== node.data) is.data = node.data;
        } else {
            for (const {name} of [...is.attributes])
                if (name !== 'style' && !node.hasAttribute(name)) is.removeAttribute(name);
            for (const {name, value} of node.attributes)
                if (name !== 'style' && is.getAttribute(name) !== value) is.setAttribute(name, value);
            if (is.style.cssText !== node.style.cssText) is.style.cssText = node.style.cssText;
            is.onclick = node.onclick;
            alter(is, node);
        }
    });
}

/// What cannot be seen, or changes the direction of what stands beside it, is shown by its number.
/// asyncinfo-top has the same list, in text.cpp.
const UNSEEN = new RegExp('[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5'
    + '\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0'
    + '\\ufff0-\\ufffb\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}]', 'gu');
const visible = text => String(text ?? '').replace(UNSEEN, c => {
    const code = c.codePointAt(0);
    return c === '\n' ? '\\n' : code < 0x100 ? '\\x' + code.toString(16).padStart(2, '0')
        : '\\u' + code.toString(16).padStart(4, '0');
});

function duration(seconds) {
    if (seconds < 0) return '−' + duration(-seconds);
    if (seconds < 0.000_999_5) return Math.round(seconds * 1e6) + ' µs';
    if (seconds < 0.009_95) return (seconds * 1e3).toFixed(1) + ' ms';
    if (seconds < 0.999_5) return Math.round(seconds * 1e3) + ' ms';
    if (seconds < 9.95) return seconds.toFixed(1) + ' s';
    if (seconds < 59.5) return Math.round(seconds) + ' s';
    const whole = Math.round(seconds);
    if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
    if (whole < 86400) return `${Math.floor(whole / 3600)} h ${Math.floor(whole / 60) % 60} min`;
    return `${Math.floor(whole / 86400)} d ${Math.floor(whole / 3600) % 24} h`;
}
const count = number => number.toLocaleString('en').replaceAll(',', '\u202f');
const plural = (number, noun) => `${count(number)} ${noun}${number === 1 ? '' : 's'}`;

/// Without what says nothing to people.
const plain = type => visible(type).replaceAll(/\{anonymous\}::|\(anonymous namespace\)::/g, '')
    .replaceAll(/std::(__\w+::)?basic_string<char, std::char_traits<char>, std::allocator<char> ?>/g, 'std::string')
    .replaceAll(/, std::allocator<[^<>]*> ?(?=>)/g, '');
const title = op => op.name ? visible(op.name) : plain(op.what || op.origin);
const beside = op => op.name && op.what ? plain(op.what) : '';
const labelled = op => beside(op) ? `${title(op)} (${beside(op)})` : title(op);
const SOURCES = {
    handle: 'a handle', slot: 'a bound cancellation slot', combination: 'its combination',
    coroutine: 'the coroutine that awaits it', stop_token: 'a stop token', group: 'its group',
    shutdown: 'the shutdown of its group', deadline: 'its own deadline',
    registry: 'registry::cancel, as of this console',
};
const source = by => SOURCES[by] ?? (by === 'none' || !by ? '' : visible(by));
const byWhom = by => source(by) ? ' by ' + source(by) : '';

// --- What is known --------------------------------------------------------------------------------

const NONE = [];

/// One picture of the program, and what follows from it.
class Picture {
    constructor(data) {
        this.data = data;
        this.running = data.outstanding;
        this.byId = new Map(this.running.map(op => [op.id, op]));
        const names = new Map(data.contexts.map(({context, name}) => [context, name]));
        this.contextOf = op => names.get(op.context) ?? op.context;
        const children = this.children = new Map();
        const addChild = (parent, op) => {
            const list = children.get(parent);
            if (list) list.push(op); else children.set(parent, [op]);
        };
        this.parents = new Map();
        const groups = new Map();
        for (const op of this.running) {
            if (!op.parent) continue;
            let parent = this.byId.get(op.parent);
            if (!parent && op.parent_is_group) {
                parent = groups.get(op.parent);
                if (!parent) {
                    parent = {id: op.parent, name: `group ${op.parent}`, group: true, age: op.age,
                              origin: 'group'};
                    groups.set(op.parent, parent);
                }
            }
            if (!parent || parent === op) continue;
            this.parents.set(op.id, parent);
            addChild(parent, op);
        }
        // A coroutine that awaits an operation that belongs to nothing, such as a handle it was given.
        for (const op of this.running) {
            const awaited = op.awaits?.id && this.byId.get(op.awaits.id);
            if (!awaited || awaited === op || this.parents.has(awaited.id)) continue;
            this.parents.set(awaited.id, op);
            addChild(op, awaited);
        }
        // Who waits in a circle has no root: the first of them becomes one.
        this.roots = [];
        this.circle = new Set();
        const reached = new Set();
        const reach = from => {
            const stack = [from];
            while (stack.length) {
                const op = stack.pop();
                if (reached.has(op)) continue;
                reached.add(op);
                for (const child of children.get(op) ?? []) stack.push(child);
            }
        };
        for (const op of [...groups.values(), ...this.running])
            if (op.group || !this.parents.has(op.id)) {
                this.roots.push(op);
                reach(op);
            }
        if (reached.size < this.running.length + groups.size)
            for (const op of this.running) {
                if (reached.has(op)) continue;
                const seen = new Set();
                let at = op;
                for (; !seen.has(at); at = this.parents.get(at.id)) seen.add(at);
                for (const start = at; !this.circle.has(at); at = this.parents.get(at.id))
                    this.circle.add(at);
                this.roots.push(at);
                reach(at);
            }
        this.roots.sort((a, b) => b.age - a.age);
    }

    childrenOf(op) { return this.children.get(op) ?? NONE; }

    /// What it awaits, if that is listed.
    awaitedBy(op) {
        const awaited = this.byId.get(op.awaits?.id);
        return awaited !== op ? awaited : undefined;
    }

    /// The same, if it stands elsewhere in the tree: it belongs to something else, or another
    /// coroutine awaits it as well.
    awaitedElsewhere(op) {
        const awaited = this.awaitedBy(op);
        return awaited && this.parents.get(awaited.id) !== op ? awaited : undefined;
    }

    /// This one, and all that it waits for.
    reach(from) {
        const found = new Set([from]);
        for (const op of found) {
            for (const child of this.childrenOf(op)) found.add(child);
            const awaited = this.awaitedBy(op);
            if (awaited) found.add(awaited);
        }
        return found;
    }

    /// Those that wait for each other, from this one down.
    circleOf(op) {
        const members = [op];
        for (let at = this.parents.get(op.id); at !== op; at = this.parents.get(at.id))
            members.splice(1, 0, at);
        return members;
    }

    /// From a root down to the operation itself.
    chain(op) {
        const chain = [];
        for (let at = op; at && !chain.includes(at); at = this.parents.get(at.id)) chain.unshift(at);
        return chain;
    }

    /// What holds everything up: operations that wait for no other operation of the list.
    culprits() {
        const groups = new Map();
        const circles = new Set();
        const reached = new Map();
        const waitsFor = (awaited, op) => {
            if (!reached.has(awaited)) reached.set(awaited, this.reach(awaited));
            return reached.get(awaited).has(op);
        };
        for (const op of this.running) {
            if (this.circle.has(op)) { // one of them stands for all
                const members = this.circleOf(op);
                if (circles.has(members[0])) continue;
                members.forEach(member => circles.add(member));
            } else if (this.children.has(op))
                continue;
            else { // it can await what stands elsewhere, but that can wait for it in turn
                const awaited = this.awaitedElsewhere(op);
                if (awaited && !waitsFor(awaited, op)) continue;
            }
            const key = `${op.name ?? ''}\n${op.what ?? ''}\n${op.at ?? ''}\n${op.request ? 1 : 0}`;
            const known = groups.get(key);
            if (known) {
                known.count++;
                if (op.age > known.op.age) known.op = op;
            } else
                groups.set(key, {op, count: 1});
        }
        // What somebody waits for is suspected sooner than what stands alone, such as a signal set.
        const inCircle = op => this.circle.has(op) || this.awaitedElsewhere(op);
        const rank = ({op}) => (op.request || inCircle(op) || op.deadline < 0 ? 1e9 : 0)
            + (this.parents.has(op.id) ? 3 : 1) * op.age;
        return [...groups.values()].sort((a, b) => rank(b) - rank(a));
    }
}

/// What is wrong with it, in words: [long, short].
function troubles(op, picture) {
    const found = [];
    if (op.request)
        found.push([`Cancel was asked ${duration(op.request.age)} ago${byWhom(op.request.by)}, `
                    + 'and it has not stopped.', `cancel asked ${duration(op.request.age)} ago`]);
    if (op.deadline < 0)
        found.push([`Its deadline passed ${duration(-op.deadline)} ago.`,
                    `deadline ${duration(-op.deadline)} ago`]);
    if (picture.circle.has(op))
        found.push(['It waits for itself: '
                    + [...picture.circleOf(op), op].map(title).join(' → ') + '.', 'circle']);
    if (op.progress && op.progress.age > 10)
        found.push([`No progress for ${duration(op.progress.age)}.`,
                    `no progress ${duration(op.progress.age)}`]);
    return found;
}

function awaitsText({awaits: {id, what}}) {
    const op = id && picture.byId.get(id);
    return [id && `#${id}`, op ? title(op) : plain(what)].filter(Boolean).join(' ');
}

const deadlineText = ({deadline}) => deadline === undefined ? ''
    : deadline < 0 ? `passed ${duration(-deadline)} ago` : `in ${duration(deadline)}`;

function progressText({value = 0, total}, short = false) {
    const rounded = number => count(Math.round(number * 100) / 100);
    if (!total) return rounded(value);
    const percent = `${Math.floor(100 * value / total)} %`;
    return short ? percent : `${percent} (${rounded(value)} of ${rounded(total)})`;
}

function endingText(op) {
    const {ending = {}, error} = op;
    const message = error ? visible(error.message) : '';
    let text = {
        finished: 'finished', failed: 'failed', cancelled: 'cancelled', deadline: 'its deadline passed',
        abandoned: 'abandoned: its handler was destroyed without a call',
    }[ending.reason] ?? visible(ending.reason);
    if (ending.reason === 'cancelled') text += byWhom(ending.by);
    else if (ending.by) text += `, cancel was asked${byWhom(ending.by)}`;
    if (ending.types?.length) text += ` (${ending.types.join(', ')})`;
    if (ending.stopped_after !== undefined) text += `, stopped after ${duration(ending.stopped_after)}`;
    if (message && ending.reason !== 'cancelled') text += `: ${message}`;
    return text;
}

let picture = null;    // the one that is shown
let held = null;       // what has come since, while that one is held still
let paused = false;
const ended = new Map(); // by id, those of the last minute and a half
const samples = [];      // {time, running, completed, canceled, failed}

/// Seconds since the epoch, as the program counts them.
const now = () => picture.data.taken;

function totals(data) {
    const sum = {completed: 0, canceled: 0, failed: 0, unseen: 0};
    for (const family of data.families)
        for (const key in sum) sum[key] += family[key];
    return sum;
}

function remember(data) {
    for (const op of data.ended) {
        if (!ended.has(op.id)) ended.set(op.id, op);
        op.time = data.taken - op.ago;
    }
    for (const [id, op] of ended)
        if (op.time < data.taken - 90 && ended.size > 1000) ended.delete(id);
    const sum = totals(data);
    if (!samples.length) { // what happened before this page was opened, as far as it is known
        const oldest = data.ended.length >= 100 ? data.ended.at(-1).ago : 60;
        const known = Math.min(60, oldest);
        for (let ago = Math.floor(known); ago > 0; --ago) {
            const later = data.ended.filter(op => op.ago < ago);
            const of = status => later.filter(op => op.status === status).length;
            samples.push({
                time: data.taken - ago,
                running: data.running - data.outstanding.filter(op => op.age < ago).length
                    + later.filter(op => op.ago + op.took >= ago).length,
                completed: sum.completed - of('Completed'), canceled: sum.canceled - of('Canceled'),
                failed: sum.failed - of('Error'),
            });
        }
    }
    samples.push({time: data.taken, running: data.running, ...sum});
    while (samples.length > 2 && samples[1].time < data.taken - 61) samples.shift();
}

// --- Lists of which only what is seen exists -------------------------------------------------------

class Rows {
    /// columns: {key, label, class, fill(cell, item), sort(item), first}. A column without label has no
    /// head. `key(item)` tells items apart.
    constructor(box, {columns, key, rowRole = 'row', cellRole = 'gridcell', choose, arrow, sorted,
                      decorate, head = true}) {
        Object.assign(this, {box, columns, key, rowRole, cellRole, choose, arrow, sorted, decorate});
        this.items = [];
        this.rows = [];
        this.active = null; // the key of the row that the keyboard is at
        this.empty = element('p', {className: 'empty', hidden: true});
        this.body = element('div', {className: 'body', role: 'presentation'});
        if (head) {
            this.head = element('div', {className: 'head row', role: 'row'},
                ...columns.map(column => this.headOf(column)));
            box.append(this.head);
        }
        box.append(this.body, this.empty);
        box.addEventListener('scroll', () => this.later(), {passive: true});
        box.addEventListener('keydown', event => this.keyed(event));
        new ResizeObserver(() => { this.height = 0; this.later(); }).observe(box);
    }

    headOf(column) {
        const cell = element('span', {className: column.class ?? '', role: 'columnheader'});
        if (!column.sort || !this.sorted) {
            cell.textContent = column.label ?? '';
            return cell;
        }
        const button = element('button', {type: 'button', tabIndex: 0}, column.label);
        button.addEventListener('click', () => {
            this.sorting = this.sorting?.column === column
                ? {column, down: !this.sorting.down} : {column, down: Boolean(column.first)};
            for (const other of this.head.children) {
                other.removeAttribute('aria-sort');
                if (other.firstElementChild)
                    other.firstElementChild.textContent = other.firstElementChild.dataset.label;
            }
            cell.setAttribute('aria-sort', this.sorting.down ? 'descending' : 'ascending');
            button.textContent = column.label + (this.sorting.down ? ' ↓' : ' ↑');
            this.sorted();
        });
        button.dataset.label = column.label;
        cell.append(button);
        return cell;
    }

    /// In the order that the head says.
    sort(items) {
        if (!this.sorting) return items;
        const {column, down} = this.sorting;
        const keyed = items.map(item => [column.sort(item), item]);
        const order = down ? -1 : 1;
        keyed.sort(([a], [b]) => a === b ? 0
            : a === undefined ? 1 : b === undefined ? -1 // what has none comes last
            : a < b ? -order : order);
        return keyed.map(([, item]) => item);
    }

    show(items, nothing) {
        this.items = items;
        this.empty.textContent = nothing;
        this.empty.hidden = items.length > 0;
        this.box.setAttribute('aria-rowcount', items.length + (this.head ? 1 : 0));
        this.draw();
    }

    later() {
        this.asked ??= requestAnimationFrame(() => { this.asked = undefined; this.draw(); });
    }

    draw() {
        if (!this.box.clientHeight) return; // it is hidden
        if (!this.height) {
            this.height = parseFloat(getComputedStyle(this.box).getPropertyValue('--row'));
            this.headHeight = this.head?.offsetHeight ?? 0;
        }
        const size = this.items.length * this.height;
        if (this.size !== size) {
            this.size = size;
            this.body.style.height = size + 'px';
        }
        const top = this.box.scrollTop, seen = this.box.clientHeight;
        const first = Math.max(0, Math.floor(top / this.height) - 8);
        const last = Math.min(this.items.length, Math.ceil((top + seen) / this.height) + 8);
        // A row stays with its place modulo the number of rows, so that scrolling fills only new ones.
        const need = Math.ceil(seen / this.height) + 18;
        while (this.rows.length < need) this.rows.push(this.make());
        const used = new Set();
        for (let n = first; n < last; ++n) {
            const row = this.rows[n % this.rows.length];
            used.add(row);
            this.fill(row, n);
        }
        for (const row of this.rows)
            if (!used.has(row) && !row.element.hidden) row.element.hidden = true;
        const active = this.rows.find(row => !row.element.hidden && row.key === this.active);
        if (active) this.box.setAttribute('aria-activedescendant', active.element.id);
        else this.box.removeAttribute('aria-activedescendant');
    }

    make() {
        const cells = this.columns.map(column => element('span', {className: column.class ?? '',
                                                                  role: this.cellRole}));
        const row = {cells, element: element('div', {
            className: 'row', role: this.rowRole, id: `${this.box.id}-${this.rows.length}`,
            hidden: true}, ...cells)};
        row.element.addEventListener('click', event => {
            this.active = row.key;
            this.choose?.(row.item, event);
            this.later();
        });
        this.body.append(row.element);
        return row;
    }

    fill(row, index) {
        const item = this.items[index];
        const {element: box} = row;
        if (row.index !== index) {
            row.index = index;
            box.style.transform = `translateY(${index * this.height}px)`;
            box.setAttribute('aria-rowindex', index + (this.head ? 2 : 1));
        } else if (this.drawnHeight !== this.height)
            box.style.transform = `translateY(${index * this.height}px)`;
        if (box.hidden) box.hidden = false;
        row.item = item;
        row.key = this.key(item);
        const chosen = row.key === selected;
        const name = 'row' + (chosen ? ' chosen' : '') + (row.key === this.active ? ' active' : '')
            + (this.decorate?.(box, item) ?? '');
        if (box.className !== name) box.className = name;
        box.setAttribute('aria-selected', chosen);
        this.columns.forEach((column, n) => column.fill(row.cells[n], item));
    }

    keyed(event) {
        if (event.target !== this.box || event.ctrlKey || event.metaKey || event.altKey) return;
        const page = Math.max(1, Math.floor(this.box.clientHeight / this.height) - 1);
        const at = this.items.findIndex(item => this.key(item) === this.active);
        const to = {ArrowDown: at + 1, ArrowUp: at < 0 ? 0 : at - 1, PageDown: Math.max(at, 0) + page,
                    PageUp: at - page, Home: 0, End: this.items.length - 1}[event.key];
        if (to !== undefined && this.items.length)
            this.go(Math.max(0, Math.min(this.items.length - 1, to)));
        else if (at >= 0 && (event.key === 'Enter' || event.key === ' '))
            this.choose?.(this.items[at], event);
        else if (at >= 0 && (event.key === 'ArrowLeft' || event.key === 'ArrowRight') && this.arrow)
            this.arrow(this.items[at], event.key === 'ArrowRight', at);
        else
            return;
        event.preventDefault();
    }

    go(index) {
        this.active = this.key(this.items[index]);
        const top = index * this.height, seen = this.box.clientHeight - this.headHeight;
        if (top < this.box.scrollTop) this.box.scrollTop = top;
        else if (top + this.height > this.box.scrollTop + seen)
            this.box.scrollTop = top + this.height - seen;
        this.draw();
    }
}

/// Sets a cell's text if it is another one.
function put(cell, text) {
    const node = cell.firstChild;
    if (node?.nodeType === Node.TEXT_NODE && cell.childNodes.length === 1) {
        if (node.data !== text) node.data = text;
    } else
        cell.replaceChildren(text);
}

/// The name, and beside it the function.
function putName(cell, op) {
    const name = op.name ? title(op) : '', what = op.name ? beside(op) : title(op);
    const key = name + '\n' + what;
    if (cell.shown === key) return;
    cell.shown = key;
    cell.title = name && what ? `${name} · ${what}` : name || what;
    cell.replaceChildren(...[name && element('span', {className: 'name'}, name),
                             what && element('span', {className: 'what code'}, what)].filter(Boolean));
}

/// Troubles, and beside them what is none.
function putFlags(cell, found, remark) {
    const all = remark ? [...found, remark] : found;
    const key = all.map(([, short]) => short).join('\n');
    if (cell.shown === key) return;
    cell.shown = key;
    cell.title = all.map(([long]) => long).join(' ');
    cell.replaceChildren(...all.map(each => element('span', {
        className: each === remark ? 'remark' : 'flag'}, each[1])));
}

// --- The views ------------------------------------------------------------------------------------

let selected = null; // an Id, or the key of a family

function select(key, focus = false) {
    selected = key;
    if (key !== null) byId('detail').hidden = false;
    showDetail();
    drawView();
    if (focus) byId('detail-title').focus();
}

/// A button that selects an operation.
const linkTo = op => op.group ? element('span', {}, title(op)) : element('button', {
    type: 'button', className: 'link', onclick: () => select(op.id, true)}, `#${op.id} ${labelled(op)}`);

const views = {};

// Why it runs.
{
    const closed = new Set();
    let items = [];
    let worst = null;
    const toggle = (op, open) => {
        if (open ? closed.delete(op.id) : !closed.has(op.id) && closed.add(op.id)) drawView();
    };
    const tree = new Rows(byId('tree'), {
        rowRole: 'treeitem', cellRole: 'presentation', head: false,
        key: item => item.op.id,
        columns: [
            {class: 'place', fill(cell, {op, depth, many, open}) {
                cell.style.paddingLeft = Math.min(depth, 12) * 20 + 'px';
                const key = `${op.id}${open}${many}`;
                if (cell.shown === key) return;
                cell.shown = key;
                const fold = element('span', {className: 'fold'}, many ? open ? '▾' : '▸' : '·');
                const name = element('span', {});
                putName(name, op);
                cell.replaceChildren(fold, name);
            }},
            {class: 'flags', fill(cell, {op}) {
                const awaited = picture.awaitedElsewhere(op);
                putFlags(cell, troubles(op, picture), awaited && [`awaits ${awaitsText(op)}`, `awaits #${awaited.id}`]);
            }},
            {class: 'number', fill(cell, {op}) { put(cell, op.group ? '' : duration(op.age)); }},
        ],
        decorate(box, {op, depth, many, open}) {
            box.setAttribute('aria-level', depth + 1);
            if (many) box.setAttribute('aria-expanded', open); else box.removeAttribute('aria-expanded');
            return (many ? '' : ' leaf') + (op === worst ? ' culprit-row' : '');
        },
        choose({op, many}, event) {
            if (event.target.classList?.contains('fold') && many) toggle(op, closed.has(op.id));
            else if (!op.group) select(op.id);
        },
        arrow({op, many}, right, at) {
            if (many && right === closed.has(op.id)) toggle(op, right);
            else if (right && many) tree.go(at + 1);
            else if (!right && picture.parents.get(op.id)) {
                const up = items.findIndex(item => item.op === picture.parents.get(op.id));
                if (up >= 0) tree.go(up);
            }
        },
    });
    views.why = () => {
        const culprits = picture.culprits();
        worst = culprits[0]?.op;
        const more = culprits.slice(4).reduce((sum, {count: many}) => sum + many, 0);
        fill(byId('culprits'), ...culprits.slice(0, 4).map(({op, count: many}, n) => {
            const chain = picture.chain(op);
            const button = element('button', {
                type: 'button', className: 'culprit' + (n ? '' : ' first'),
                onclick: () => select(op.id, true)},
                element('span', {className: 'who'},
                    (many > 1 ? `${count(many)} × ` : '') + title(op),
                    element('span', {className: 'code'}, [beside(op), op.at && visible(op.at)]
                        .filter(Boolean).join(' · '))),
                element('span', {className: 'age'}, duration(op.age)));
            if (chain.length > 1 && !picture.circle.has(op))
                button.append(element('span', {className: 'how'},
                    `${chain.map(title).join(' → ')}`));
            else if (op.awaits)
                button.append(element('span', {className: 'how'}, `It awaits ${awaitsText(op)}`
                    + (op.awaits.at ? ` at ${visible(op.awaits.at)}` : '')));
            for (const [long] of troubles(op, picture))
                button.append(element('span', {className: 'warn'}, long));
            return element('li', {}, button);
        }), more > 0 && element('li', {className: 'more'}, `and ${count(more)} more, in the tree below`));
        const none = byId('culprits-none');
        none.hidden = culprits.length > 0;
        none.textContent = 'No operation is outstanding. If the program still does not end, something '
            + 'else keeps it: a work guard, a thread, or an operation without a handle.';
        items = [];
        const listed = new Set();
        const stack = [...picture.roots].reverse().map(op => [op, 0]);
        while (stack.length) {
            const [op, depth] = stack.pop();
            if (listed.has(op)) continue;
            listed.add(op);
            const children = picture.childrenOf(op);
            const below = children === NONE ? NONE : children.filter(child => !listed.has(child));
            const open = !closed.has(op.id);
            items.push({op, depth, many: below.length, open});
            if (open)
                for (let n = below.length; n-- > 0;) stack.push([below[n], depth + 1]);
        }
        tree.show(items, 'Nothing is outstanding.');
    };
}

// Operations.
{
    const open = new Set();
    const isGroup = item => item.members !== undefined;
    const column = fill => (cell, item) => isGroup(item) ? put(cell, '') : fill(cell, item);
    const state = op => troubles(op, picture);
    const table = new Rows(byId('table'), {
        key: item => isGroup(item) ? 'group ' + item.label : item.id,
        sorted: () => views.operations(),
        columns: [
            {label: 'Id', class: 'number id', sort: op => op.id,
             fill: (cell, item) => put(cell, isGroup(item) ? open.has(item.label) ? '▾' : '▸'
                                                           : String(item.id))},
            {label: 'Operation', class: 'operation', sort: op => `${op.name || ''}${op.what || ''}`.toLowerCase(),
             fill(cell, item) {
                 if (!isGroup(item)) return putName(cell, item);
                 const text = `${item.label || '(none)'} · ${count(item.members.length)}`;
                 if (cell.shown === text) return;
                 cell.shown = cell.title = text;
                 cell.replaceChildren(element('span', {className: 'name'}, text));
             }},
            {label: 'Runs for', class: 'number age', sort: op => op.age, first: true,
             fill: (cell, item) => put(cell, duration(item.age))},
            {label: 'Notice', class: 'state', sort: op => op.request?.age, first: true,
             fill(cell, item) { putFlags(cell, isGroup(item) ? [] : state(item)); }},
            {label: 'Deadline', class: 'number deadline', sort: op => op.deadline,
             fill: column((cell, op) => put(cell, deadlineText(op)))},
            {label: 'Progress', class: 'number progress',
             sort: op => op.progress && (op.progress.total ? op.progress.value / op.progress.total
                                                           : op.progress.value),
             fill: column((cell, op) => put(cell, op.progress ? progressText(op.progress, true) : ''))},
            {label: 'Awaits', class: 'awaits code', sort: op => op.awaits?.what,
             fill: column((cell, op) => put(cell, op.awaits ? awaitsText(op) : ''))},
            {label: 'Started at', class: 'at code', sort: op => op.at,
             fill: column((cell, op) => put(cell, visible(op.at)))},
        ],
        decorate: (box, item) => {
            if (!isGroup(item)) {
                box.removeAttribute('aria-expanded');
                return '';
            }
            box.setAttribute('aria-expanded', open.has(item.label));
            return ' group';
        },
        choose(item) {
            if (!isGroup(item)) return select(item.id);
            if (!open.delete(item.label)) open.add(item.label);
            views.operations();
        },
        arrow(item, right) {
            if (!isGroup(item)) return;
            if (right) open.add(item.label); else open.delete(item.label);
            views.operations();
        },
    });
    const haystack = op => [
        '#' + op.id, op.name, op.what, op.origin, op.result, op.at, picture.contextOf(op), op.awaits?.what,
        op.awaits?.at, ...troubles(op, picture).map(([long]) => long)].join('\n').toLowerCase();
    views.operations = () => {
        const words = byId('filter').value.toLowerCase().split(/\s+/).filter(Boolean);
        const found = words.length ? picture.running.filter(op => {
            const text = haystack(op);
            return words.every(word => text.includes(word));
        }) : picture.running;
        const by = byId('group').value;
        let items = table.sort(found);
        if (by) {
            const groups = new Map();
            for (const op of items) {
                const label = visible(by === 'context' ? picture.contextOf(op) : op[by]);
                const group = groups.get(label);
                if (group) {
                    group.members.push(op);
                    group.age = Math.max(group.age, op.age);
                } else
                    groups.set(label, {label, members: [op], age: op.age});
            }
            const sorted = [...groups.values()];
            if (!table.sorting) sorted.sort((a, b) => b.members.length - a.members.length);
            items = sorted.flatMap(group => open.has(group.label) ? [group, ...group.members] : [group]);
        }
        const hidden = picture.data.running - picture.running.length;
        byId('shown').textContent = (words.length
            ? `${count(found.length)} of ${count(picture.running.length)}`
            : plural(found.length, 'operation'))
            + (hidden > 0 ? `, the oldest of ${count(picture.data.running)}` : '');
        table.show(items, words.length ? 'No operation matches.' : 'Nothing is outstanding.');
    };
    byId('filter').addEventListener('input', () => picture && views.operations());
    byId('group').addEventListener('change', () => picture && views.operations());
}

// Ended.
{
    const table = new Rows(byId('ended-table'), {
        key: op => op.id,
        sorted: () => views.ended(),
        columns: [
            {label: 'Id', class: 'number id', sort: op => op.id, fill: (cell, op) => put(cell, String(op.id))},
            {label: 'Operation', class: 'operation', sort: op => `${op.name || ''}${op.what || ''}`.toLowerCase(),
             fill: putName},
            {label: 'Took', class: 'number took', sort: op => op.took, first: true,
             fill: (cell, op) => put(cell, duration(op.took))},
            {label: 'Ended', class: 'number ago', sort: op => -op.time,
             fill: (cell, op) => put(cell, duration(Math.max(0, now() - op.time)) + ' ago')},
            {label: 'Status', class: 'status', sort: op => op.status, fill(cell, op) {
                put(cell, visible(op.status));
                cell.className = 'status status-' + String(op.status).replace(/\W/g, '');
            }},
            {label: 'Why', class: 'why', sort: op => op.ending?.reason, fill: (cell, op) => {
                const text = endingText(op);
                put(cell, text);
                cell.title = text;
            }},
            {label: 'Started at', class: 'at code', sort: op => op.at, fill: (cell, op) => put(cell, visible(op.at))},
        ],
        choose: op => select(op.id),
    });
    views.ended = () => {
        const words = byId('filter-ended').value.toLowerCase().split(/\s+/).filter(Boolean);
        const all = [...ended.values()].sort((a, b) => b.time - a.time || b.id - a.id);
        const found = words.length ? all.filter(op => {
            const text = ['#' + op.id, op.name, op.what, op.at, op.status, endingText(op),
                          op.error?.message].join('\n').toLowerCase();
            return words.every(word => text.includes(word));
        }) : all;
        byId('shown-ended').textContent = (words.length ? `${count(found.length)} of ` : 'The last ')
            + count(all.length);
        table.show(table.sort(found), words.length ? 'No operation matches.' : 'Nothing has ended yet.');
    };
    byId('filter-ended').addEventListener('input', () => picture && views.ended());
}

// Timeline.
{
    const canvas = byId('chart');
    const ROW = 18, TOP = 22, RUNNING = 110, ENDS = 70, GAP = 26, SPAN = 60;
    let bars = [];
    const color = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const nice = most => {
        const power = 10 ** Math.floor(Math.log10(Math.max(1, most)));
        return [1, 2, 5, 10].map(step => step * power).find(limit => limit >= most);
    };
    views.timeline = () => {
        const lanes = new Map();
        const add = (op, from, to, kind) => {
            const key = `${op.name ?? ''}\n${op.what ?? ''}`;
            let lane = lanes.get(key);
            if (!lane) lanes.set(key, lane = {label: labelled(op), ops: [], running: 0});
            lane.ops.push({op, from, to, kind});
            if (kind === 'outstanding') lane.running++;
        };
        for (const op of ended.values())
            if (op.time > now() - SPAN)
                add(op, op.time - op.took, op.time,
                    {Completed: 'completed', Canceled: 'canceled'}[op.status] ?? 'failed');
        for (const op of picture.running) add(op, now() - op.age, now(), 'outstanding');
        const all = [...lanes.values()].sort((a, b) => b.running - a.running || b.ops.length - a.ops.length);
        const shown = all.slice(0, 30);

        const wide = canvas.parentElement.clientWidth, left = 46, right = wide - 14;
        const lanesTop = TOP + RUNNING + GAP + ENDS + GAP;
        const high = lanesTop + shown.length * (ROW + 16) + 26;
        const ratio = devicePixelRatio || 1;
        if (canvas.width !== Math.round(wide * ratio) || canvas.height !== Math.round(high * ratio)) {
            canvas.width = Math.round(wide * ratio);
            canvas.height = Math.round(high * ratio);
            canvas.style.height = high + 'px';
        }
        const draw = canvas.getContext('2d');
        draw.setTransform(ratio, 0, 0, ratio, 0, 0);
        draw.clearRect(0, 0, wide, high);
        draw.font = '12px system-ui, sans-serif';
        const x = time => right - (now() - time) / SPAN * (right - left);
        const ink = color('--ink'), pale = color('--pale'), line = color('--line');
        const paint = Object.fromEntries(['outstanding', 'completed', 'canceled', 'failed'].map(
            name => [name, color('--' + name)]));
        draw.strokeStyle = line;
        draw.fillStyle = pale;
        draw.textAlign = 'center';
        for (let ago = 0; ago <= SPAN; ago += 10) {
            const at = Math.round(x(now() - ago)) + 0.5;
            draw.beginPath(); draw.moveTo(at, TOP); draw.lineTo(at, high - 20); draw.stroke();
            if (wide > 500 || ago % 20 === 0)
                draw.fillText(ago ? `−${ago} s` : 'now', Math.min(at, wide - 16), high - 6);
        }
        const inside = clip => { draw.save(); draw.beginPath(); draw.rect(left, 0, right - left, high);
                                 draw.clip(); clip(); draw.restore(); };
        const axis = (top, height, most, label) => {
            draw.fillStyle = pale;
            draw.textAlign = 'right';
            draw.fillText(count(most), left - 6, top + 9);
            draw.fillText('0', left - 6, top + height);
            draw.textAlign = 'left';
            draw.fillText(label, left, top - 7);
            draw.strokeStyle = line;
            draw.strokeRect(left + 0.5, top + 0.5, right - left, height);
        };

        const most = nice(Math.max(...samples.map(sample => sample.running)));
        axis(TOP, RUNNING, most, 'outstanding');
        inside(() => {
            const y = value => TOP + RUNNING - value / most * RUNNING;
            draw.beginPath();
            samples.forEach((sample, n) => {
                if (n) draw.lineTo(x(sample.time), y(samples[n - 1].running));
                draw.lineTo(x(sample.time), y(sample.running));
            });
            draw.strokeStyle = draw.fillStyle = paint.outstanding;
            draw.lineWidth = 1.5;
            draw.stroke();
            draw.lineWidth = 1;
            draw.lineTo(x(samples.at(-1).time), TOP + RUNNING);
            draw.lineTo(x(samples[0].time), TOP + RUNNING);
            draw.globalAlpha = 0.18;
            draw.fill();
            draw.globalAlpha = 1;
        });

        // Ends, in whole seconds, so that a bar stays as it is while it moves.
        const seconds = [];
        const last = Math.floor(now());
        const until = time => { // the totals at a time, between two samples
            let n = samples.findIndex(sample => sample.time >= time);
            if (n < 0) n = samples.length - 1;
            const b = samples[n], a = samples[Math.max(0, n - 1)];
            const part = b.time > a.time ? Math.min(1, Math.max(0, (time - a.time) / (b.time - a.time))) : 1;
            return kind => a[kind] + (b[kind] - a[kind]) * part;
        };
        for (let second = last - SPAN; second <= last; ++second) {
            if (second + 1 <= samples[0].time) continue;
            const before = until(second), after = until(second + 1);
            seconds.push({second, ...Object.fromEntries(['completed', 'canceled', 'failed'].map(
                kind => [kind, Math.max(0, after(kind) - before(kind))]))});
        }
        const busiest = nice(Math.max(1, ...seconds.map(s => s.completed + s.canceled + s.failed)));
        const endsTop = TOP + RUNNING + GAP;
        axis(endsTop, ENDS, busiest, 'ended per second');
        inside(() => {
            for (const s of seconds) {
                let base = endsTop + ENDS;
                const width = Math.max(1, (right - left) / SPAN - 2);
                for (const kind of ['completed', 'canceled', 'failed']) {
                    const height = s[kind] / busiest * ENDS;
                    draw.fillStyle = paint[kind];
                    draw.fillRect(x(s.second) + 1, base - height, width, height);
                    base -= height;
                }
            }
        });

        bars = [];
        shown.forEach((lane, n) => {
            const top = lanesTop + n * (ROW + 16);
            draw.fillStyle = ink;
            draw.textAlign = 'left';
            draw.fillText(lane.label.length > 60 ? lane.label.slice(0, 60) + '…' : lane.label, left, top - 4);
            const many = lane.running ? `${count(lane.running)} outstanding` : '';
            draw.fillStyle = pale;
            draw.textAlign = 'right';
            draw.fillText(many, right, top - 4);
            inside(() => {
                draw.globalAlpha = 0.75;
                const drawn = new Map(); // of those at the same pixels one is enough
                for (const {op, from, to, kind} of lane.ops) {
                    const begin = Math.max(left, Math.round(x(from))), end = Math.max(begin + 2, Math.round(x(to)));
                    const key = `${begin} ${end} ${kind}`;
                    if (drawn.has(key)) continue;
                    drawn.set(key, op);
                    draw.fillStyle = paint[kind];
                    draw.fillRect(begin, top, end - begin - 0.5, ROW - 6);
                    if (bars.length < 20000) bars.push({begin, end, top, op, kind});
                }
                draw.globalAlpha = 1;
            });
        });
        const rate = seconds.slice(-11, -1);
        canvas.setAttribute('aria-label', `The last minute: ${plural(picture.data.running, 'operation')} `
            + `outstanding now, at most ${count(Math.max(...samples.map(s => s.running)))}. In the last ten `
            + 'seconds ' + ['completed', 'canceled', 'failed'].map(kind => `${Math.round(rate.reduce(
                (sum, s) => sum + s[kind], 0))} ${kind}`).join(', ') + '.'
            + (all.length > shown.length ? ` ${all.length - shown.length} lanes are not drawn.` : ''));
        if (all.length > shown.length && !byId('pointed').dataset.pointed)
            byId('pointed').textContent = `${plural(all.length - shown.length, 'more name')} not drawn.`;
    };
    const at = event => {
        const box = canvas.getBoundingClientRect();
        const px = event.clientX - box.left, py = event.clientY - box.top;
        return bars.findLast(bar => px >= bar.begin - 2 && px <= bar.end + 2 && py >= bar.top - 2
                                    && py <= bar.top + ROW - 4);
    };
    canvas.addEventListener('pointermove', event => {
        const bar = at(event);
        byId('pointed').dataset.pointed = bar ? 'yes' : '';
        byId('pointed').textContent = bar ? `#${bar.op.id} ${labelled(bar.op)}: ` + (bar.kind === 'outstanding'
            ? `outstanding for ${duration(bar.op.age)}` : `${endingText(bar.op)}, took ${duration(bar.op.took)}`) : '';
        canvas.style.cursor = bar ? 'pointer' : '';
    });
    canvas.addEventListener('click', event => { const bar = at(event); if (bar) select(bar.op.id, true); });
    new ResizeObserver(() => { if (picture && view === 'timeline') drawLater(); }).observe(canvas.parentElement);
}

// Durations.
const BUCKETS = 36;
const bucketOf = upper => Math.max(0, Math.min(BUCKETS - 1, Math.round(Math.log2(upper * 1e6))));
const endedOf = family => family.completed + family.canceled + family.failed;
const familyKey = family => `family ${family.name ?? ''}\n${family.what ?? ''}`;

/// What this share of the operations stayed below.
function quantile(family, share) {
    let left = share * family.histogram.reduce((sum, [, n]) => sum + n, 0);
    for (const [upper, n] of family.histogram) {
        left -= n;
        if (left <= 1e-9) return upper;
    }
}
{
    const SVG = 'http://www.w3.org/2000/svg';
    const number = key => ({class: 'number ' + key, sort: f => f[key], first: true,
                            fill: (cell, f) => put(cell, count(f[key]))});
    const time = (cls, label, of, below) => ({
        label, class: 'number ' + cls, sort: of, first: true,
        fill: (cell, f) => { const t = of(f); put(cell, t === undefined ? '' : below + duration(t)); }});
    const table = new Rows(byId('family-table'), {
        key: familyKey,
        sorted: () => views.durations(),
        columns: [
            {label: 'Operation', class: 'operation', sort: f => `${f.name || ''}${f.what || ''}`.toLowerCase(), fill: putName},
            {...number('outstanding'), label: 'Running'},
            {...number('started'), label: 'Started'},
            {...number('completed'), label: 'Completed'},
            {...number('canceled'), label: 'Canceled'},
            {...number('failed'), label: 'Failed'},
            time('mean', 'Mean', f => endedOf(f) ? f.sum / endedOf(f) : undefined, ''),
            time('median', 'Median', f => quantile(f, 0.5), '< '),
            time('p99', '99 %', f => quantile(f, 0.99), '< '),
            {label: '1 µs … 9 h', class: 'chart', fill(cell, f) {
                const key = f.histogram.flat().join();
                if (cell.shown === key) return;
                cell.shown = key;
                let svg = cell.firstChild;
                if (!svg) {
                    svg = document.createElementNS(SVG, 'svg');
                    svg.setAttribute('class', 'bars');
                    svg.setAttribute('viewBox', `0 0 ${BUCKETS} 30`);
                    svg.setAttribute('preserveAspectRatio', 'none');
                    svg.setAttribute('aria-hidden', 'true');
                    cell.replaceChildren(svg);
                }
                const most = Math.max(1, ...f.histogram.map(([, n]) => n));
                svg.replaceChildren(...f.histogram.map(([upper, n]) => {
                    const bar = document.createElementNS(SVG, 'rect');
                    const height = Math.max(1.5, n / most * 29);
                    for (const [name, value] of Object.entries(
                        {x: bucketOf(upper), y: 30 - height, width: 0.85, height}))
                        bar.setAttribute(name, value);
                    return bar;
                }));
            }},
        ],
        choose: f => select(familyKey(f)),
    });
    views.durations = () => {
        const families = table.sorting ? table.sort(picture.data.families)
            : [...picture.data.families].sort((a, b) => b.started - a.started);
        table.show(families, 'No operation has started yet.');
    };
}

// Lints.
views.lints = () => {
    fill(byId('lint-list'), ...picture.data.lints.map(lint => {
        const op = lint.operation && (picture.byId.get(lint.operation) ?? ended.get(lint.operation));
        return element('li', {},
            element('p', {}, element('strong', {}, visible(lint.what)), ' ',
                    element('span', {className: 'code pale'}, visible(lint.lint))),
            element('p', {}, visible(lint.text)),
            lint.remedy && element('p', {className: 'pale'}, visible(lint.remedy)),
            op && linkTo(op));
    }));
    byId('lints-none').hidden = picture.data.lints.length > 0;
};

// --- One operation ---------------------------------------------------------------------------------

const facts = pairs => element('dl', {}, ...pairs.filter(([, value]) => value !== undefined && value !== '')
    .flatMap(([term, value]) => [element('dt', {}, term), element('dd', {}, value)]));

function chainOf(heading, ops, self) {
    return ops.length ? element('div', {}, element('h3', {}, heading), element('ol', {className: 'chain'},
        ...ops.slice(0, 50).map(op => op === self ? element('li', {className: 'self'}, labelled(op))
            : element('li', {}, linkTo(op), op.age === undefined ? '' : ` ${duration(op.age)}`)),
        ops.length > 50 && element('li', {}, `and ${count(ops.length - 50)} more`))) : null;
}

let asked = null; // the Id of the operation that Cancel was pressed for
let answered = ''; // what came of it

async function cancel(id) {
    if (asked !== id) {
        asked = id;
        answered = '';
        return showDetail();
    }
    asked = null;
    try {
        const answer = await fetch('cancel/' + id, {method: 'POST'});
        answered = answer.ok ? 'It was asked to stop.' : visible(await answer.text());
    } catch {
        answered = 'The program does not answer.';
    }
    if (selected === id) showDetail();
}

let detailShown = null;

function showDetail() {
    const panel = byId('detail'), body = byId('detail-body');
    if (selected === null || !picture) {
        panel.hidden = true;
        return;
    }
    if (detailShown !== selected) {
        detailShown = selected;
        body.scrollTop = 0;
        if (asked !== selected) asked = null;
        answered = '';
    }
    if (typeof selected === 'string') showFamily(body);
    else showOperation(body);
}

function showFamily(body) {
    const family = picture.data.families.find(family => familyKey(family) === selected);
    if (!family) return;
    byId('detail-title').textContent = labelled(family);
    const most = Math.max(1, ...family.histogram.map(([, n]) => n));
    const counts = new Map(family.histogram.map(([upper, n]) => [bucketOf(upper), n]));
    const shown = [...counts.keys()];
    const rows = [];
    for (let n = Math.min(...shown); n <= Math.max(...shown); ++n) {
        const bar = element('span', {className: 'bar'});
        bar.style.width = 100 * (counts.get(n) ?? 0) / most + '%';
        rows.push(element('div', {className: 'bucket'},
            element('span', {}, n === BUCKETS - 1 ? 'longer' : '< ' + duration(2 ** n / 1e6)), bar,
            element('span', {}, count(counts.get(n) ?? 0))));
    }
    fill(body,
        facts([['Outstanding', count(family.outstanding)], ['Started', count(family.started)],
               ['Completed', count(family.completed)], ['Canceled', count(family.canceled)],
               ['Failed', count(family.failed)], ['Errors unseen', count(family.unseen)],
               ['Mean', endedOf(family) ? duration(family.sum / endedOf(family)) : undefined]]),
        element('div', {}, element('h3', {}, 'How long they took'), ...rows));
}

function showOperation(body) {
    const op = picture.byId.get(selected), past = ended.get(selected);
    if (op) {
        byId('detail-title').textContent = `#${op.id} ${title(op)}`;
        const chain = picture.chain(op);
        const parts = troubles(op, picture).map(([long]) => element('p', {className: 'say'}, long));
        if (picture.data.may_cancel && byId('gone').hidden)
            parts.push(element('button', {
                type: 'button', id: 'cancel', className: asked === op.id ? 'danger sure' : 'danger',
                onclick: () => cancel(op.id)}, asked === op.id ? 'Cancel it? Press again.' : 'Cancel'));
        if (answered) parts.push(element('p', {role: 'status'}, answered));
        parts.push(facts([
            ['Function', op.name ? visible(op.what) : ''], ['Runs for', duration(op.age)],
            ['Started at', visible(op.at)], ['Origin', visible(op.origin)], ['Result', plain(op.result)],
            ['Progress', op.progress && `${progressText(op.progress)}, ${duration(op.progress.age)} ago`],
            ['Deadline', deadlineText(op)],
            ['Cancel', op.request ? `asked ${duration(op.request.age)} ago${byWhom(op.request.by)}` : 'not asked'],
            ['Awaits', op.awaits && awaitsText(op) + (op.awaits.at ? ` at ${visible(op.awaits.at)}` : '')],
            ['Group', op.parent_is_group ? String(op.parent) : ''],
            ['Context', visible(picture.contextOf(op))],
            ['Polled', op.polls ? `${count(op.polls)} times` : undefined],
        ]));
        const awaited = op.awaits?.id && picture.byId.get(op.awaits.id);
        const below = new Set(picture.childrenOf(op));
        if (awaited) below.add(awaited);
        parts.push(chain.length > 1 ? chainOf('Who waits for it', chain, op) : null,
                   chainOf('What it waits for', [...below]));
        fill(body, ...parts);
    } else if (past) {
        byId('detail-title').textContent = `#${past.id} ${title(past)}`;
        const parent = past.parent && (picture.byId.get(past.parent) ?? ended.get(past.parent));
        fill(body,
            answered && element('p', {role: 'status'}, answered),
            element('p', {className: 'say'}, `It has ended: ${endingText(past)}.`),
            facts([
                ['Status', visible(past.status)], ['Function', past.name ? visible(past.what) : ''],
                ['Took', duration(past.took)], ['Ended', `${duration(Math.max(0, now() - past.time))} ago`],
                ['Started at', visible(past.at)], ['Origin', visible(past.origin)],
                ['Error', past.error && `${visible(past.error.message)} `
                    + `(${visible(past.error.category)}:${past.error.value})`],
            ]),
            parent && chainOf('It belonged to', [parent]));
    } else {
        byId('detail-title').textContent = `#${selected}`;
        fill(body, element('p', {}, 'It has ended, and is not among the last ones.'));
    }
}

// --- The page --------------------------------------------------------------------------------------

const tabs = [...document.querySelectorAll('[role=tab]')];
let view = 'why';

function open(name, focus = false) {
    if (!views[name]) name = 'why';
    view = name;
    for (const tab of tabs) {
        const is = tab.id === 'tab-' + name;
        tab.setAttribute('aria-selected', is);
        tab.tabIndex = is ? 0 : -1;
        byId(tab.getAttribute('aria-controls')).hidden = !is;
        if (is) tab.scrollIntoView({block: 'nearest', inline: 'nearest'});
        if (is && focus) tab.focus();
    }
    drawView();
}
for (const [n, tab] of tabs.entries()) {
    tab.addEventListener('click', () => { location.replace('#' + tab.getAttribute('aria-controls')); });
    tab.addEventListener('keydown', event => {
        const to = {ArrowRight: n + 1, ArrowLeft: n - 1, Home: 0, End: tabs.length - 1}[event.key];
        if (to === undefined) return;
        event.preventDefault();
        const next = tabs[(to + tabs.length) % tabs.length];
        location.replace('#' + next.getAttribute('aria-controls'));
        next.focus();
    });
}
addEventListener('hashchange', () => open(location.hash.slice(1)));

const drawView = () => { if (picture) views[view](); };

function draw() {
    const {data} = picture;
    const name = visible(data.program) || 'program';
    byId('program').textContent = name;
    byId('pid').textContent = `process ${data.pid}`;
    document.title = `${count(data.running)} · ${name} · asyncinfo`;
    const sum = totals(data);
    const figure = (id, text, bad) => {
        const box = byId('figure-' + id);
        put(box, text);
        box.className = bad ? 'bad' : '';
    };
    const before = samples.findLast(sample => sample.time <= data.taken - 5) ?? samples[0];
    const all = sample => sample.completed + sample.canceled + sample.failed;
    const span = data.taken - before.time;
    figure('outstanding', count(data.running));
    figure('oldest', data.outstanding.length ? duration(data.outstanding[0].age) : '–');
    figure('rate', span > 0 ? ((all(sum) - all(before)) / span).toFixed(1) : '–');
    figure('failed', count(sum.failed));
    figure('unseen', count(sum.unseen), sum.unseen > 0);
    byId('lint-count').textContent = data.lints.length ? String(data.lints.length) : '';
    const notice = byId('notice');
    notice.hidden = data.registry;
    put(notice, 'The registry is off: operations that start are not shown. registry::enable() turns it on.');
    drawView();
    if (selected !== null) showDetail();
}

let drawing = false;
function drawLater() {
    if (drawing) return;
    drawing = true;
    requestAnimationFrame(() => { drawing = false; if (picture) draw(); });
}

function state(text, kind) {
    const box = byId('state');
    put(box, text);
    box.className = kind;
}
const showState = () => paused ? state('Paused', 'paused') : state('Live', 'live');

// A program that is started again has a new secret in its address, unless that is a Unix socket,
// which has none.
const LASTING = location.pathname === '/';

let events, last = '';

function show(data) {
    held = null;
    picture = new Picture(data);
    drawLater();
}

/// Reading, thinking and drawing are three tasks, so that none of them holds up a frame for long.
function came(text) {
    const data = JSON.parse(text);
    setTimeout(() => {
        remember(data);
        if (paused) held = data; else show(data);
    });
}

function pause(on) {
    paused = on;
    byId('pause').setAttribute('aria-pressed', on);
    byId('pause').textContent = on ? 'Go on' : 'Pause';
    if (!on && held) show(held);
}

function connect() {
    events = new EventSource('events');
    events.addEventListener('open', () => {
        if (!byId('gone').hidden) { // it can be another program, which counts from the beginning
            samples.length = 0;
            ended.clear();
            selected = asked = null;
            answered = '';
            byId('detail').hidden = true;
        }
        byId('gone').hidden = true;
        byId('pause').disabled = false;
        showState();
    });
    events.addEventListener('last', ({data}) => {
        last = '';
        setTimeout(() => came(data));
        lose(true);
    });
    events.addEventListener('message', ({data}) => {
        const waits = last !== '';
        last = data;
        if (!waits) setTimeout(() => { const text = last; last = ''; if (text) came(text); });
    });
    events.addEventListener('error', () => lose(false));
}

/// No picture follows. The last one is shown, even if an earlier one was held still.
function lose(hasEnded) {
    events.close();
    pause(false);
    byId('pause').disabled = true;
    state('Disconnected', 'lost');
    setTimeout(() => setTimeout(() => sayGone(hasEnded))); // as came() does, and so after it
    if (!hasEnded || LASTING) setTimeout(connect, 2000);
}

function sayGone(hasEnded) {
    const gone = byId('gone');
    if (!gone.hidden) return; // what was said first is what happened
    put(gone, !picture ? 'The program does not answer. The page goes on when it does.'
        : (hasEnded ? 'The program has ended, or has closed its console. You see what was left at '
                    : 'The connection has broken: the program may have been killed, or has crashed. '
                      + 'You see what ran at ')
          + new Date(picture.data.taken * 1000).toLocaleTimeString('en-GB')
          + (LASTING ? '. The page goes on when the console is back at this address.'
                     : '. A program that is started again has a new address.'));
    gone.hidden = false;
    if (picture) drawLater();
}

byId('pause').addEventListener('click', () => {
    pause(!paused);
    showState();
});
byId('detail-close').addEventListener('click', () => closeDetail());

function closeDetail() {
    selected = null;
    byId('detail').hidden = true;
    drawView();
    document.querySelector(`#${view} .rows`)?.focus();
}

addEventListener('keydown', event => {
    if (event.key === 'Escape' && selected !== null) closeDetail();
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === '/' && !typing) {
        event.preventDefault();
        if (view !== 'ended' && view !== 'operations') location.replace('#operations');
        setTimeout(() => byId(view === 'ended' ? 'filter-ended' : 'filter').focus());
    }
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => drawLater());

open(location.hash.slice(1));
connect();
