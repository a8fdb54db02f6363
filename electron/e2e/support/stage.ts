import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright';
import { startAcademy, type Academy } from './academy.ts';
import { CuttableProxy } from './cuttable-proxy.ts';
import { launchDesktop, type DesktopApp } from './desktop-app.ts';

export type PersonName = 'ayesha' | 'bilal' | 'dua' | 'omar' | 'sana';

/** One person's device: its own data folder and its own line to the server, which can be cut. */
export class Device {
  readonly person: PersonName;
  readonly line: CuttableProxy;
  readonly userData: string;
  #app: DesktopApp | null = null;
  readonly #earlierErrors: string[] = [];

  constructor(person: PersonName, line: CuttableProxy, folder: string) {
    this.person = person;
    this.line = line;
    this.userData = folder;
  }

  get page(): Page {
    return this.app.page;
  }

  get app(): DesktopApp {
    if (!this.#app) throw new Error(`${this.person}'s app is not running`);
    return this.#app;
  }

  get errors(): string[] {
    return [...this.#earlierErrors, ...(this.#app?.errors ?? [])];
  }

  async start(env: Record<string, string> = {}): Promise<Page> {
    this.#app = await launchDesktop({ userData: this.userData, server: this.line.url, env });
    return this.#app.page;
  }

  async kill(): Promise<void> {
    await this.app.kill();
    this.#leave();
  }

  async quit(): Promise<void> {
    if (!this.#app) return;
    await this.#app.close();
    this.#leave();
  }

  #leave(): void {
    this.#earlierErrors.push(...(this.#app?.errors ?? []));
    this.#app = null;
  }
}

/** What a journey plays on: a server with the small academy, and a device for whoever asks. */
export class Stage {
  readonly academy: Academy;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'growth-journey-'));
  readonly #devices = new Map<PersonName, Device>();
  /** Serious and critical findings of axe, as `screen: rule`. */
  readonly axeFindings: string[] = [];

  private constructor(academy: Academy) {
    this.academy = academy;
  }

  static async set(options: { breakSync?: boolean } = {}): Promise<Stage> {
    return new Stage(await startAcademy(options));
  }

  /** The person's device, made on first asking. */
  async device(person: PersonName): Promise<Device> {
    const known = this.#devices.get(person);
    if (known) return known;
    const device = new Device(person, await CuttableProxy.start(this.academy.url), path.join(this.#folder, person));
    this.#devices.set(person, device);
    return device;
  }

  get devices(): Device[] {
    return [...this.#devices.values()];
  }

  get consoleErrors(): string[] {
    return this.devices.flatMap((device) => device.errors.map((error) => `${device.person}: ${error}`));
  }

  /** Lets axe look at what the device shows now; what it finds counts against the journey. */
  async lookForBarriers(device: Device, screen: string): Promise<void> {
    const { violations } = await new AxeBuilder({ page: device.page }).setLegacyMode(true).analyze();
    for (const { impact, id, nodes } of violations)
      if (impact === 'serious' || impact === 'critical')
        this.axeFindings.push(`${screen}: ${id} (${nodes.map((node) => node.target.join(' ')).join(', ')})`);
  }

  async strike(): Promise<void> {
    for (const device of this.devices) {
      await device.quit();
      await device.line.close();
    }
    await this.academy.stop();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
