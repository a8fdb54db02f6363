import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, Platform, type Configuration } from 'electron-builder';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const project = path.resolve(import.meta.dirname, '../..');
/** What electron-builder itself uses, in its own version. */
const ofBuilder = createRequire(createRequire(import.meta.url).resolve('electron-builder/package.json'));
const ofBuilderLib = createRequire(ofBuilder.resolve('app-builder-lib/package.json'));

type Validate = (configuration: unknown, log: unknown) => Promise<void>;
const { validateConfiguration } = ofBuilder('app-builder-lib/out/util/config/config') as {
  validateConfiguration: Validate;
};
const { DebugLogger } = ofBuilderLib('builder-util') as { DebugLogger: new (enabled: boolean) => unknown };
const schema = ofBuilder('app-builder-lib/scheme.json') as { definitions: { FuseOptionsV1: { properties: object } } };
const yaml = ofBuilderLib('js-yaml') as { load(text: string): unknown };

type Fuses = {
  getCurrentFuseWire(program: string): Promise<Record<number, number>>;
  FuseV1Options: Record<string, number>;
};

const text = readFileSync(path.join(project, 'electron-builder.yml'), 'utf8');
const read = (): Configuration => yaml.load(text) as Configuration;
const validate = (configuration: unknown): Promise<void> =>
  validateConfiguration(configuration, new DebugLogger(false));

describe('electron-builder.yml', () => {
  test('is what electron-builder understands', () => expect(validate(read())).resolves.toBeUndefined());
  test.each([
    ['a misspelt key', { asarr: true }],
    ['a misspelt fuse', { electronFuses: { ...read().electronFuses, runAsNodes: false } }],
    ['a wrong type', { electronFuses: { ...read().electronFuses, runAsNode: 'nope' } }],
    ['an unknown option of a target', { nsis: { ...read().nsis, perMachines: true } }],
  ])('%s would be found', (_name, change) => expect(validate({ ...read(), ...change })).rejects.toThrow(/invalid/i));

  test('every fuse that exists is decided', () => {
    expect(Object.keys(read().electronFuses ?? {}).toSorted()).toEqual(
      Object.keys(schema.definitions.FuseOptionsV1.properties).toSorted(),
    );
  });

  test('whoever gets the program cannot turn it into another one', () => {
    expect(read().electronFuses).toMatchObject({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      grantFileProtocolExtraPrivileges: false,
      enableCookieEncryption: true,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
    });
    expect(read().asar).toBe(true);
    expect(read().asarUnpack, 'what is unpacked escapes the integrity check').toBeUndefined();
    expect(text).not.toMatch(/no-?sandbox/i);
  });

  test('it installs for one user, keeps unsent work, and registers the link scheme', () => {
    expect(read().nsis).toMatchObject({ oneClick: false, perMachine: false, deleteAppDataOnUninstall: false });
    expect(read().mac).toMatchObject({ hardenedRuntime: true });
    expect([read().linux?.target].flat(2)[0]).toBe('deb');
    expect(read().protocols).toMatchObject([{ schemes: ['growthos'] }]);
  });

  test('it holds no secret and no address of updates', () => {
    expect(read().publish).toBeNull();
    expect(text).not.toMatch(/password|token|-----BEGIN|certificateFile|cscLink/i);
  });

  test('its icon is large enough for every system', () => {
    const png = readFileSync(path.join(project, 'electron/build/icon.png'));
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1024, 1024]);
  });
});

/** A stand-in distribution has the place for the fuses and nothing else of Electron; packing needs no more. */
describe('packing', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'growth-pack-'));
  const unpacked = path.join(folder, 'release/linux-unpacked');
  const put = (file: string, content = '//'): void => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), content);
  };

  beforeAll(async () => {
    const { name, productName, version, type, main } = JSON.parse(
      readFileSync(path.join(project, 'package.json'), 'utf8'),
    ) as Record<string, string>;
    put(
      'package.json',
      JSON.stringify({ name, productName, version, type, main, dependencies: { 'left-out': '1.0.0' } }),
    );
    for (const file of [
      'out/main/index.js',
      'out/preload/index.cjs',
      'out/renderer/index.html',
      'out/renderer/assets/a.js',
    ])
      put(file);
    for (const file of [
      'out/main/index.js.map',
      'out/renderer/assets/a.js.map',
      'out/built-from',
      '.env',
      'accounts.json',
    ])
      put(file);
    put('sync-server/main.ts');
    put('node_modules/left-out/package.json', '{"name":"left-out","version":"1.0.0"}');
    cpSync(path.join(project, 'electron/build'), path.join(folder, 'electron/build'), { recursive: true });
    await build({
      projectDir: folder,
      publish: 'never',
      targets: Platform.LINUX.createTarget('dir'),
      config: {
        ...read(),
        electronVersion: '45.4.1',
        electronDist: path.join(project, 'electron/e2e/host/distribution'),
      },
    });
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('the three bundles and package.json are packed, and nothing else', () => {
    const { listPackage } = ofBuilderLib('@electron/asar') as {
      listPackage(archive: string, options: object): string[];
    };
    const files = listPackage(path.join(unpacked, 'resources/app.asar'), {}).map((file) => file.replaceAll('\\', '/'));
    expect(files.filter((file) => path.extname(file)).toSorted()).toEqual([
      '/out/main/index.js',
      '/out/preload/index.cjs',
      '/out/renderer/assets/a.js',
      '/out/renderer/index.html',
      '/package.json',
    ]);
  });

  test('the fuses are set in the program itself', async () => {
    const { getCurrentFuseWire, FuseV1Options } = ofBuilderLib('@electron/fuses') as Fuses;
    const wire = await getCurrentFuseWire(path.join(unpacked, 'growth-os'));
    const isOn = (name: string): boolean => String.fromCharCode(Number(wire[FuseV1Options[name] ?? -1])) === '1';
    const off = [
      'RunAsNode',
      'EnableNodeOptionsEnvironmentVariable',
      'EnableNodeCliInspectArguments',
      'GrantFileProtocolExtraPrivileges',
    ];
    expect(off.filter(isOn)).toEqual([]);
    const on = ['EnableCookieEncryption', 'EnableEmbeddedAsarIntegrityValidation', 'OnlyLoadAppFromAsar'];
    expect(on.filter(isOn)).toEqual(on);
  });
});
