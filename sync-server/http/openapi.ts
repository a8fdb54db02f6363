import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';

/** Version of the public HTTP interface, not of the app. */
const apiVersion = '1';

/** Collects every route that is registered after it; the document is served at `/openapi.json`. */
export async function describeApi(
  app: FastifyInstance,
  { publicUrl }: { publicUrl: string | undefined },
): Promise<void> {
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Growth OS sync server',
        version: apiVersion,
        description: 'Sign-in (/auth/v1), files (/storage/v1), commands (/functions/v1) and replication (/sync/v1).',
      },
      servers: publicUrl ? [{ url: publicUrl }] : [],
      components: {
        securitySchemes: {
          session: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: 'Access token of a signed-in person, 15 minutes.',
          },
          serviceKey: { type: 'http', scheme: 'bearer', description: 'Secret key of operators; never from a browser.' },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  app.get('/openapi.json', { config: { access: 'anyone' }, schema: { hide: true } }, () => app.swagger());
}
