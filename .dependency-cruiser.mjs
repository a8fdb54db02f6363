/** Who may import whom. `scripts/boundaries.test.ts` runs these rules and proves that each of them can fail. */
const tests = String.raw`\.(test|fixture|e2e)\.tsx?$|/(testing|e2e|oracle|attacks|matrix|schema)/`;

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'roots-meet-at-contracts',
      comment: 'electron, renderer and sync-server see of each other only the contract folders.',
      severity: 'error',
      from: { path: '^(electron|renderer|sync-server)/', pathNot: '^electron/e2e/|^scripts/' },
      to: { path: '^(electron|renderer|sync-server)/', pathNot: ['^$1/', '^(electron|sync-server)/contract/'] },
    },
    {
      name: 'contract-is-pure',
      comment: 'Both sides run it: zod and itself, nothing of Node, the browser or a root.',
      severity: 'error',
      from: { path: '^(electron|sync-server)/contract/', pathNot: tests },
      to: { pathNot: ['^(electron|sync-server)/contract/', '^node_modules/zod/'] },
    },
    {
      name: 'features-through-index',
      comment: "Another feature's inside is its own business; its door is index.ts.",
      severity: 'error',
      from: { path: '^(renderer|sync-server)/features/([^/]+)/', pathNot: tests },
      to: {
        path: '^(renderer|sync-server)/features/[^/]+/.+',
        pathNot: ['^$1/features/$2/', '^(renderer|sync-server)/features/[^/]+/index[.]tsx?$'],
      },
    },
    {
      name: 'lower-knows-no-higher',
      comment: 'Server: program → app → features → sync, jobs, db, http. What lies lower names nothing above it.',
      severity: 'error',
      from: { path: '^sync-server/(db|jobs|sync|http|permissions|contract)/', pathNot: tests },
      to: { path: '^sync-server/(features|seed|start|testing)/|^sync-server/(app|serve|main|commands)[.]ts$' },
    },
    {
      name: 'renderer-lower-knows-no-higher',
      comment:
        'Renderer: main → routes → features · app → data · platform · ui. Data and design system know no feature.',
      severity: 'error',
      from: { path: '^renderer/(data|platform|ui)/', pathNot: tests },
      to: { path: '^renderer/(features|app|testing)/|^renderer/(routes|main)[.]tsx?$' },
    },
    {
      name: 'ui-knows-no-data',
      comment: 'The design system is given everything it shows.',
      severity: 'error',
      from: { path: '^renderer/ui/', pathNot: tests },
      to: { path: '^renderer/(data|platform)/' },
    },
    {
      name: 'product-knows-no-test-equipment',
      comment: 'Clocks, broken senders and stand-ins cannot be reached from what we ship.',
      severity: 'error',
      from: { path: '^(electron|renderer|sync-server)/', pathNot: tests },
      to: { path: tests },
    },
    {
      name: 'no-cycles',
      comment: 'Types may point both ways; values may not.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(out|[.]cache)/|^electron/e2e/host/' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
      conditionNames: ['import', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};
