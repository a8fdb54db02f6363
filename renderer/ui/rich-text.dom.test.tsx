import { cleanup, render } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { RichText, safeHref } from './rich-text.tsx';

afterEach(cleanup);

test.each(['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'growthos://wipe', '/relative', ''])(
  '%s is no link',
  (href) => {
    expect(safeHref(href)).toBeNull();
  },
);

test('a link out opens elsewhere, and a script in one never becomes a link', () => {
  const { container } = render(<RichText text={'[good](https://example.org/a) [bad](javascript:alert(1))'} />);
  const links = [...container.querySelectorAll('a')];
  expect(links.map((link) => link.getAttribute('href'))).toEqual(['https://example.org/a']);
  expect(links[0]?.rel).toContain('noopener');
  expect(container.textContent).toContain('bad');
});

test('HTML and pictures in a text are not fetched or run', () => {
  const { container } = render(
    <RichText text={'<img src=x onerror=alert(1)> ![a cat](https://tracker.example/cat.png) <script>1</script>'} />,
  );
  expect(container.querySelector('img, script')).toBeNull();
  expect(container.textContent).toContain('a cat');
});
