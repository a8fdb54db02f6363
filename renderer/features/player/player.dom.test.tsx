import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startWords } from '../../locales/i18n.ts';
import { useShortcutListener, useShortcuts } from '../../ui/index.ts';
import { VideoPlayer, type VideoPlayerProps } from './index.ts';
import { usePlayerPreferences } from './player-preferences.ts';

/** A media element that plays as far as the test says; happy-dom has none of its own. */
class FakeMedia {
  element: HTMLVideoElement;
  paused = true;
  currentTime = 0;
  seeking = false;
  clock = 0;

  constructor(element: HTMLVideoElement) {
    this.element = element;
    const own = (name: string, descriptor: PropertyDescriptor) =>
      Object.defineProperty(element, name, { configurable: true, ...descriptor });
    own('paused', { get: () => this.paused });
    own('duration', { get: () => 100 });
    own('readyState', { get: () => 4 });
    own('seeking', { get: () => this.seeking });
    own('played', { get: () => ({ length: this.clock > 0 ? 1 : 0 }) });
    own('currentTime', { get: () => this.currentTime, set: (to: number) => this.jump(to) });
    own('play', {
      value: async () => {
        this.paused = false;
        this.say('play', 'playing');
      },
    });
    own('pause', {
      value: () => {
        this.paused = true;
        this.say('pause');
      },
    });
  }
  say(...names: string[]): void {
    act(() => {
      for (const name of names) this.element.dispatchEvent(new Event(name));
    });
  }
  /** Lets it play for so many seconds at a rate. */
  run(seconds: number, rate = 1): void {
    for (let at = 0; at < seconds; at += 0.25) {
      this.currentTime += 0.25 * rate;
      this.clock += 250;
      vi.setSystemTime(this.clock);
      act(() => void vi.advanceTimersByTime(250));
      this.say('timeupdate');
    }
  }
  private jump(to: number): void {
    this.seeking = true;
    this.currentTime = to;
    this.say('seeking');
    this.seeking = false;
    this.say('seeked', 'timeupdate');
  }
}

function Page(props: VideoPlayerProps) {
  useShortcutListener();
  return (
    <>
      <VideoPlayer {...props} />
      <textarea aria-label="elsewhere" />
    </>
  );
}

const onProgress = vi.fn<VideoPlayerProps['onProgress']>();
const onNote = vi.fn();
const onNext = vi.fn();
const ranges: [number, number][] = [];

function open(more: Partial<VideoPlayerProps> = {}): {
  media: FakeMedia;
  press: (key: string, target?: Element, more?: object) => void;
} {
  const captions = [{ language: 'en', label: 'English', vtt: 'WEBVTT\n\n00:00.000 --> 00:05.000\nHello\n' }];
  const props: VideoPlayerProps = {
    ...{
      lessonId: 'l1',
      title: 'Welcome',
      src: '/clip.webm',
      captions,
      durationHint: 100,
      startAt: 0,
      ranges,
      watermark: 'Ayesha · STU1',
    },
    ...{ onProgress, onNote, onNext, ...more },
  };
  const { container } = render(<Page {...props} />);
  const media = new FakeMedia(container.querySelector('video')!);
  media.say('loadedmetadata');
  const press = (key: string, target: Element = document.body, init: object = {}) =>
    fireEvent.keyDown(target, { key, ...init });
  return { media, press };
}

beforeAll(startWords);
beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance', 'Date'],
    now: 0,
  });
  usePlayerPreferences.setState({ speed: 1, volume: 1, muted: false, captions: null });
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.clearAllMocks();
});

describe('keys (screens 1.4)', () => {
  test('Space and K play and pause', () => {
    const { media, press } = open();
    press(' ');
    expect(media.paused).toBe(false);
    press('k');
    expect(media.paused).toBe(true);
  });

  test.each([
    ['j', 40],
    ['l', 60],
    ['ArrowLeft', 45],
    ['ArrowRight', 55],
  ])('%s moves the playhead', (key, expected) => {
    const { media, press } = open();
    media.currentTime = 50;
    press(key);
    expect(media.currentTime).toBe(expected);
  });

  test('the playhead stays inside the recording', () => {
    const { media, press } = open();
    press('j');
    expect(media.currentTime).toBe(0);
    media.currentTime = 98;
    press('l');
    expect(media.currentTime).toBe(100);
  });

  test('arrows up and down change the volume inside the player only, because elsewhere they scroll', () => {
    const { media, press } = open();
    press('ArrowDown');
    expect(media.element.volume).toBe(1);
    press('ArrowDown', screen.getByTestId('player'));
    expect(media.element.volume).toBe(0.95);
    press('ArrowUp', screen.getByTestId('player'));
    expect(media.element.volume).toBe(1);
  });

  test('M mutes, < and > change the speed within its bounds', () => {
    const { media, press } = open();
    press('m');
    expect(media.element.muted).toBe(true);
    press('>');
    expect(media.element.playbackRate).toBe(1.25);
    for (let times = 0; times < 9; times += 1) press('>');
    expect(media.element.playbackRate).toBe(2);
    for (let times = 0; times < 9; times += 1) press('<');
    expect(media.element.playbackRate).toBe(0.5);
  });

  test('C shows and hides the captions', () => {
    const { media, press } = open();
    media.run(1);
    expect(screen.queryByTestId('caption')).toBeNull();
    press('c');
    expect(screen.getByTestId('caption').textContent).toBe('Hello');
    press('c');
    expect(screen.queryByTestId('caption')).toBeNull();
  });

  test('F asks for the full screen of player and watermark together', () => {
    const { press } = open();
    const player = screen.getByTestId('player');
    player.requestFullscreen = vi.fn();
    press('f');
    expect(player.requestFullscreen).toHaveBeenCalledOnce();
    expect(player.contains(screen.getByTestId('watermark'))).toBe(true);
  });

  test('N notes this moment and pauses, Shift+N goes on to the next lesson', () => {
    const { media, press } = open();
    press('k');
    media.run(7);
    press('n');
    expect(onNote).toHaveBeenCalledExactlyOnceWith(7);
    expect(media.paused).toBe(true);
    press('N', document.body, { shiftKey: true });
    expect(onNext).toHaveBeenCalledOnce();
  });

  test('keys that are typed into a field stay there', () => {
    const { media, press } = open();
    for (const key of ['k', ' ', 'ArrowRight', 'n']) press(key, screen.getByLabelText('elsewhere'));
    expect(media.paused).toBe(true);
    expect(media.currentTime).toBe(0);
    expect(onNote).not.toHaveBeenCalled();
  });

  test('Space on a focused button is the button’s', () => {
    const { media, press } = open();
    press(' ', screen.getByTestId('btn-mute'));
    expect(media.paused).toBe(true);
  });

  test('every key is in the app’s list of shortcuts, once', () => {
    open();
    const listed = useShortcuts.getState().list.filter((one) => one.group === 'player');
    expect(listed.map((one) => one.keys).toSorted()).toEqual(
      ['<', '>', 'c', 'f', 'j', 'k', 'l', 'm', 'n', 'shift+n', 'space', '←+→', '↑+↓'].toSorted(),
    );
  });
});

describe('progress', () => {
  test('is told every five seconds while it plays', () => {
    const { media, press } = open();
    press('k');
    media.run(16);
    expect(onProgress).toHaveBeenCalledTimes(3);
    expect(onProgress.mock.lastCall![0]).toMatchObject({ duration: 100 });
    expect(onProgress.mock.lastCall![0].ranges[0]![1]).toBeGreaterThan(14);
  });

  test.each(['pause', 'blur', 'pagehide', 'visibilitychange', 'ended'])('is told at once on %s', (moment) => {
    const { media, press } = open();
    press('k');
    media.run(3);
    expect(onProgress).not.toHaveBeenCalled();
    if (moment === 'pause') press('k');
    else if (moment === 'ended') media.say('ended');
    else if (moment === 'visibilitychange') {
      const hidden = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
      fireEvent(document, new Event('visibilitychange'));
      hidden.mockRestore();
    } else fireEvent(window, new Event(moment));
    expect(onProgress).toHaveBeenCalledOnce();
    expect(onProgress.mock.lastCall![0]).toEqual({ position: 3, ranges: [[0, 3]], duration: 100 });
  });

  test('is told when the page is left', () => {
    const { media, press } = open();
    press('k');
    media.run(2);
    cleanup();
    expect(onProgress.mock.lastCall![0].ranges).toEqual([[0, 2]]);
  });

  test('counts what was played, not where the playhead was put', () => {
    const { media, press } = open();
    press('k');
    media.run(4);
    fireEvent.change(screen.getByTestId('player-seek'), { target: { value: '95' } });
    media.run(2);
    press('k');
    expect(onProgress.mock.lastCall![0].ranges).toEqual([
      [0, 4],
      [95, 97],
    ]);
    expect(screen.getAllByTestId('played-range')).toHaveLength(2);
  });

  test('at double speed twice the seconds count', () => {
    const { media, press } = open();
    fireEvent.change(screen.getByTestId('player-speed'), { target: { value: '2' } });
    press('k');
    media.run(10, 2);
    press('k');
    expect(onProgress.mock.lastCall![0].ranges).toEqual([[0, 20]]);
  });

  test('says nothing for a lesson that was only opened', () => {
    const { media } = open();
    media.say('timeupdate');
    fireEvent(window, new Event('blur'));
    cleanup();
    expect(onProgress).not.toHaveBeenCalled();
  });
});

describe('resuming', () => {
  test('offers the place and the start', () => {
    const { media } = open({ startAt: 62 });
    expect(screen.getByTestId('btn-resume').textContent).toContain('1:02');
    media.say('loadedmetadata');
    expect(media.currentTime).toBe(62);
    fireEvent.click(screen.getByTestId('btn-start-over'));
    expect(media.currentTime).toBe(0);
    expect(media.paused).toBe(false);
    expect(screen.queryByTestId('btn-resume')).toBeNull();
  });

  test('starts over when nothing is left to watch', () => {
    const { media } = open({ startAt: 99 });
    media.say('loadedmetadata');
    expect(media.currentTime).toBe(0);
  });
});

describe('an address that no longer answers', () => {
  test('is renewed once; then the person is told and may try again', () => {
    const onSourceFailed = vi.fn();
    const { media } = open({ onSourceFailed });
    vi.setSystemTime(20_000);
    act(() => void vi.advanceTimersByTime(20_000));
    media.say('error');
    expect(onSourceFailed).toHaveBeenCalledOnce();
    expect(screen.queryByRole('alert')).toBeNull();
    media.say('error');
    expect(screen.getByRole('alert')).toBeTruthy();
    media.element.load = vi.fn();
    fireEvent.click(screen.getByTestId('btn-retry'));
    expect(onSourceFailed).toHaveBeenCalledTimes(2);
    expect(screen.queryByRole('alert')).toBeNull();
  });
});

test('every control has a name, and the timeline says where it is', () => {
  const { media } = open();
  media.run(12);
  for (const button of screen.getAllByRole('button'))
    expect(button.getAttribute('aria-label') ?? button.textContent).toBeTruthy();
  expect(screen.getByTestId('player-seek').getAttribute('aria-valuetext')).toBe('0:12 of 1:40');
});
