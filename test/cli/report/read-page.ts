/** An element of a page, as far as tests need it. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (Element | string)[];
}

type Draft = Omit<Element, 'children'> & { readonly children: (Element | string)[] };

const VOID = new Set(['meta', 'br', 'hr', 'img', 'link', 'input']);
const TAG =
  /<(?:!doctype html|\/([a-z][a-z0-9]*)|([a-z][a-zA-Z0-9]*)((?:\s+[a-zA-Z][a-zA-Z0-9:-]*="[^"<>]*")*)\s*(\/?))>/y;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  '#96': '`',
};

/**
 * Reads a page more strictly than a browser does: every element is closed where it must be, every attribute quoted, no
 * bracket or quote stands where it could be markup.
 *
 * @throws Error with the place of the first fault.
 */
export function readPage(html: string): Element {
  const root: Draft = { name: '', attributes: {}, children: [] };
  const open: Draft[] = [root];
  const fault = (at: number): never => {
    throw new Error(`no sound HTML at ${at}: ${JSON.stringify(html.slice(at, at + 120))}`);
  };
  for (let at = 0; at < html.length; ) {
    const inside = open.at(-1) ?? fault(at);
    if (html[at] !== '<') {
      const end = html.indexOf('<', at);
      const text = html.slice(at, end === -1 ? html.length : end);
      // A style sheet holds no entities.
      inside.children.push(inside.name === 'style' ? text : decode(text, () => fault(at)));
      at += text.length;
      continue;
    }
    TAG.lastIndex = at;
    const [tag = '', closing, opening, attributes = '', slash] = TAG.exec(html) ?? fault(at);
    if (closing !== undefined && (open.pop() as Draft).name !== closing) fault(at);
    if (opening !== undefined) {
      const element: Draft = {
        name: opening,
        attributes: attributesOf(attributes, () => fault(at)),
        children: [],
      };
      inside.children.push(element);
      if (slash !== '/' && !VOID.has(opening)) open.push(element);
    }
    at += tag.length;
  }
  if (open.length !== 1) fault(html.length);
  return root;
}

export function textOf(element: Element | string): string {
  return typeof element === 'string' ? element : element.children.map(textOf).join('');
}

/** Every element below one, in the order of the page. */
export function all(element: Element, wanted: (one: Element) => boolean = () => true): readonly Element[] {
  return element.children.flatMap((child) =>
    typeof child === 'string' ? [] : [...(wanted(child) ? [child] : []), ...all(child, wanted)],
  );
}

export function named(element: Element, name: string, className?: string): readonly Element[] {
  return all(
    element,
    (one) =>
      one.name === name &&
      (className === undefined || (one.attributes.class ?? '').split(' ').includes(className)),
  );
}

/** The exact values that an element holds, in order. */
export function valuesIn(element: Element): readonly (string | undefined)[] {
  return named(element, 'data').map(({ attributes }) => attributes.value);
}

/** The section with a heading. */
export function section(page: Element, id: string): Element {
  const found = all(page, ({ attributes }) => attributes['aria-labelledby'] === id)[0];
  if (found === undefined) throw new Error(`no section ${id}`);
  return found;
}

/** A key figure by its name. */
export function figure(page: Element, name: string): { readonly value: Element; readonly basis: string } {
  const found = named(page, 'div').find((div) => {
    const [title] = named(div, 'dt');
    return title !== undefined && typeof title.children[0] === 'string' && title.children[0] === name;
  });
  const [value, basis] = found === undefined ? [] : named(found, 'dd');
  if (value === undefined || basis === undefined) throw new Error(`no figure ${name}`);
  return { value, basis: textOf(basis) };
}

function attributesOf(text: string, fault: () => never): Record<string, string> {
  const pairs = [...text.matchAll(/([a-zA-Z][a-zA-Z0-9:-]*)="([^"]*)"/g)].map(
    ([, name = '', value = '']) => [name, decode(value, fault)] as const,
  );
  if (new Set(pairs.map(([name]) => name)).size < pairs.length) fault();
  return Object.fromEntries(pairs);
}

function decode(text: string, fault: () => never): string {
  if (text.includes('>')) fault();
  return text.replace(
    /&([^;]{0,10};)?/g,
    (_, entity?: string) => ENTITIES[entity?.slice(0, -1) ?? ''] ?? fault(),
  );
}
