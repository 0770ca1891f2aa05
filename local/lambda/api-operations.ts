/** A request of the Lambda API: method, path with `*` for what differs, query where it is needed to tell two apart. */
export interface ApiOperation {
  readonly name: string;
  readonly method: string;
  readonly segments: readonly string[];
  readonly query: string | undefined;
}

/** All of the API, so that also those that are not there can be named: https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html */
const TABLE = `
POST   /2015-03-31/functions/*/invocations                        Invoke
GET    /2015-03-31/functions                                      ListFunctions
POST   /2015-03-31/functions                                      CreateFunction
GET    /2015-03-31/functions/*                                    GetFunction
DELETE /2015-03-31/functions/*                                    DeleteFunction
GET    /2015-03-31/functions/*/configuration                      GetFunctionConfiguration
PUT    /2015-03-31/functions/*/configuration                      UpdateFunctionConfiguration
PUT    /2015-03-31/functions/*/code                               UpdateFunctionCode
GET    /2015-03-31/functions/*/versions                           ListVersionsByFunction
POST   /2015-03-31/functions/*/versions                           PublishVersion
GET    /2015-03-31/functions/*/aliases                            ListAliases
POST   /2015-03-31/functions/*/aliases                            CreateAlias
GET    /2015-03-31/functions/*/aliases/*                          GetAlias
PUT    /2015-03-31/functions/*/aliases/*                          UpdateAlias
DELETE /2015-03-31/functions/*/aliases/*                          DeleteAlias
GET    /2015-03-31/functions/*/policy                             GetPolicy
POST   /2015-03-31/functions/*/policy                             AddPermission
DELETE /2015-03-31/functions/*/policy/*                           RemovePermission
GET    /2015-03-31/event-source-mappings                          ListEventSourceMappings
POST   /2015-03-31/event-source-mappings                          CreateEventSourceMapping
GET    /2015-03-31/event-source-mappings/*                        GetEventSourceMapping
PUT    /2015-03-31/event-source-mappings/*                        UpdateEventSourceMapping
DELETE /2015-03-31/event-source-mappings/*                        DeleteEventSourceMapping
POST   /2014-11-13/functions/*/invoke-async                       InvokeAsync
POST   /2021-11-15/functions/*/response-streaming-invocations     InvokeWithResponseStream
GET    /2016-08-19/account-settings                               GetAccountSettings
GET    /2019-09-30/functions/*/concurrency                        GetFunctionConcurrency
PUT    /2017-10-31/functions/*/concurrency                        PutFunctionConcurrency
DELETE /2017-10-31/functions/*/concurrency                        DeleteFunctionConcurrency
GET    /2019-09-30/functions/*/provisioned-concurrency?List       ListProvisionedConcurrencyConfigs
GET    /2019-09-30/functions/*/provisioned-concurrency            GetProvisionedConcurrencyConfig
PUT    /2019-09-30/functions/*/provisioned-concurrency            PutProvisionedConcurrencyConfig
DELETE /2019-09-30/functions/*/provisioned-concurrency            DeleteProvisionedConcurrencyConfig
GET    /2019-09-25/functions/*/event-invoke-config                GetFunctionEventInvokeConfig
PUT    /2019-09-25/functions/*/event-invoke-config                PutFunctionEventInvokeConfig
POST   /2019-09-25/functions/*/event-invoke-config                UpdateFunctionEventInvokeConfig
DELETE /2019-09-25/functions/*/event-invoke-config                DeleteFunctionEventInvokeConfig
GET    /2019-09-25/functions/*/event-invoke-config/list           ListFunctionEventInvokeConfigs
GET    /2021-10-31/functions/*/url                                GetFunctionUrlConfig
POST   /2021-10-31/functions/*/url                                CreateFunctionUrlConfig
PUT    /2021-10-31/functions/*/url                                UpdateFunctionUrlConfig
DELETE /2021-10-31/functions/*/url                                DeleteFunctionUrlConfig
GET    /2021-10-31/functions/*/urls                               ListFunctionUrlConfigs
GET    /2021-07-20/functions/*/runtime-management-config          GetRuntimeManagementConfig
PUT    /2021-07-20/functions/*/runtime-management-config          PutRuntimeManagementConfig
GET    /2024-08-31/functions/*/recursion-config                   GetFunctionRecursionConfig
PUT    /2024-08-31/functions/*/recursion-config                   PutFunctionRecursionConfig
GET    /2025-11-30/functions/*/function-scaling-config            GetFunctionScalingConfig
PUT    /2025-11-30/functions/*/function-scaling-config            PutFunctionScalingConfig
GET    /2020-06-30/functions/*/code-signing-config                GetFunctionCodeSigningConfig
PUT    /2020-06-30/functions/*/code-signing-config                PutFunctionCodeSigningConfig
DELETE /2020-06-30/functions/*/code-signing-config                DeleteFunctionCodeSigningConfig
GET    /2020-04-22/code-signing-configs                           ListCodeSigningConfigs
POST   /2020-04-22/code-signing-configs                           CreateCodeSigningConfig
GET    /2020-04-22/code-signing-configs/*                         GetCodeSigningConfig
PUT    /2020-04-22/code-signing-configs/*                         UpdateCodeSigningConfig
DELETE /2020-04-22/code-signing-configs/*                         DeleteCodeSigningConfig
GET    /2020-04-22/code-signing-configs/*/functions               ListFunctionsByCodeSigningConfig
GET    /2018-10-31/layers?find                                    GetLayerVersionByArn
GET    /2018-10-31/layers                                         ListLayers
GET    /2018-10-31/layers/*/versions                              ListLayerVersions
POST   /2018-10-31/layers/*/versions                              PublishLayerVersion
GET    /2018-10-31/layers/*/versions/*                            GetLayerVersion
DELETE /2018-10-31/layers/*/versions/*                            DeleteLayerVersion
GET    /2018-10-31/layers/*/versions/*/policy                     GetLayerVersionPolicy
POST   /2018-10-31/layers/*/versions/*/policy                     AddLayerVersionPermission
DELETE /2018-10-31/layers/*/versions/*/policy/*                   RemoveLayerVersionPermission
GET    /2017-03-31/tags/*                                         ListTags
POST   /2017-03-31/tags/*                                         TagResource
DELETE /2017-03-31/tags/*                                         UntagResource
GET    /2025-11-30/capacity-providers                             ListCapacityProviders
POST   /2025-11-30/capacity-providers                             CreateCapacityProvider
GET    /2025-11-30/capacity-providers/*                           GetCapacityProvider
PUT    /2025-11-30/capacity-providers/*                           UpdateCapacityProvider
DELETE /2025-11-30/capacity-providers/*                           DeleteCapacityProvider
GET    /2025-11-30/capacity-providers/*/function-versions         ListFunctionVersionsByCapacityProvider
GET    /2025-12-01/functions/*/durable-executions                 ListDurableExecutionsByFunction
GET    /2025-12-01/durable-executions/*                           GetDurableExecution
GET    /2025-12-01/durable-executions/*/history                   GetDurableExecutionHistory
GET    /2025-12-01/durable-executions/*/state                     GetDurableExecutionState
POST   /2025-12-01/durable-executions/*/checkpoint                CheckpointDurableExecution
POST   /2025-12-01/durable-executions/*/stop                      StopDurableExecution
POST   /2025-12-01/durable-execution-callbacks/*/succeed          SendDurableExecutionCallbackSuccess
POST   /2025-12-01/durable-execution-callbacks/*/fail             SendDurableExecutionCallbackFailure
POST   /2025-12-01/durable-execution-callbacks/*/heartbeat        SendDurableExecutionCallbackHeartbeat
GET    /2026-07-09/resource-policy/*                              GetResourcePolicy
PUT    /2026-07-09/resource-policy/*                              PutResourcePolicy
DELETE /2026-07-09/resource-policy/*                              DeleteResourcePolicy
`;

export const API_OPERATIONS: readonly ApiOperation[] = TABLE.trim()
  .split('\n')
  .map((line) => {
    const [method = '', target = '', name = ''] = line.split(/ +/);
    const [path = '', query] = target.split('?');
    return { name, method, segments: path.slice(1).split('/'), query };
  });
