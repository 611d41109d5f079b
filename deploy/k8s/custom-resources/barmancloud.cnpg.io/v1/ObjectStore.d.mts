// The Barman Cloud plug-in publishes no types. Its outer fields are written down here; what it takes from CloudNativePG's
// own backups is CloudNativePG's type.
import type { IObjectMeta } from "@kubernetes-models/apimachinery/apis/meta/v1/ObjectMeta";
import type { IBarmanObjectStoreConfiguration } from "@kubernetes-models/cloudnative-pg/github.com/cloudnative-pg/barman-cloud/pkg/api/BarmanObjectStoreConfiguration";
import type { IResourceRequirements } from "kubernetes-models/v1/ResourceRequirements";

export interface IObjectStore {
  apiVersion: "barmancloud.cnpg.io/v1";
  kind: "ObjectStore";
  metadata: IObjectMeta;
  spec: {
    // The plug-in refuses `serverName` here: the Cluster names it.
    configuration: Omit<IBarmanObjectStoreConfiguration, "serverName">;
    retentionPolicy?: `${number}${"d" | "w" | "m"}`;
    instanceSidecarConfiguration?: {
      resources?: IResourceRequirements;
      retentionPolicyIntervalSeconds?: number;
    };
  };
}
