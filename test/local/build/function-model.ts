import type { FunctionModel } from '../../../local/template/model.ts';

/** A function of which a test says what it is about. */
export function functionModel(given: Partial<FunctionModel> & Pick<FunctionModel, 'codeFolder'>): FunctionModel {
  return {
    logicalId: 'ImagesFunction',
    functionName: 'images',
    description: '',
    handler: 'images.handler',
    runtime: 'nodejs24.x',
    architecture: 'x86_64',
    memoryMb: 128,
    timeoutSeconds: 3,
    variables: {},
    logFormat: 'Text',
    roleArn: 'arn:aws:iam::123456789012:role/images',
    reservedConcurrency: undefined,
    aliasName: undefined,
    build: { entryPoints: ['images.ts'], properties: {} },
    layerFolders: [],
    ...given,
  };
}
