"""The networks: in the generator's process, on Triton, and the graphics cards below."""

from __future__ import annotations

from deploy.prometheus.model import Alert, Group, Recording
from deploy.prometheus.names import quantile, share

_REQUESTS = "atelier_inference_requests_total"
_FAILED = f'{_REQUESTS}{{outcome!="ok"}}'
_SECONDS = "atelier_inference_duration_seconds_bucket"

RECORDINGS = Group(
    "atelier-inference-recorded",
    [
        Recording("model:atelier_inference_requests:rate5m", f"sum by (model) (rate({_REQUESTS}[5m]))"),
        Recording("model:atelier_inference_failures:ratio_rate5m", share(_FAILED, _REQUESTS, "model", "5m")),
        Recording(
            "model:atelier_inference_duration_seconds:p95_rate5m", quantile(0.95, _SECONDS, "model", "5m")
        ),
    ],
)
MODELS = Group(
    "atelier-inference",
    [
        Alert(
            "InferenceFails",
            f"{share(_FAILED, _REQUESTS, 'model, backend', '2m')} > 0.05",
            "1m",
            "page",
            "More than one inference of {{ $labels.model }} in twenty fails ({{ $labels.backend }})",
            "Avatars and previews are answered 503.",
        ),
        Alert(
            "InferenceSlow",
            f"{quantile(0.95, _SECONDS, 'model, backend', '2m')} > 0.25",
            "1m",
            "ticket",
            "One inference of {{ $labels.model }} in twenty takes a quarter of a second ({{ $labels.backend }})",
            "A few milliseconds are usual; the rest is waiting.",
        ),
        Alert(
            "InferenceQueueGrows",
            "sum by (model, backend) (avg_over_time(atelier_inference_in_flight[2m])) > 32",
            "2m",
            "ticket",
            "Inferences of {{ $labels.model }} pile up ({{ $labels.backend }})",
            "More are asked for than are answered: more than a whole batch waits.",
        ),
        Alert(
            "TritonDown",
            'up{job="triton"} == 0 or (group by (job) (last_over_time(up{job="triton"}[15m]))'
            ' unless on (job) group by (job) (up{job="triton"}))',
            "1m",
            "page",
            "Triton {{ $labels.instance }} does not answer",
            "The generator cannot infer unless another replica does.",
        ),
        Alert(
            "TritonModelFails",
            'sum by (model) (rate(nv_inference_request_failure{job="triton"}[5m])) > 0.01',
            "2m",
            "ticket",
            "Triton fails requests to {{ $labels.model }}",
            "Its log names the reason: a broken model, no memory on the card, a backend that died.",
        ),
        Alert(
            "TritonQueueSlow",
            'sum by (model) (rate(nv_inference_queue_duration_us{job="triton"}[5m]))'
            ' / (sum by (model) (rate(nv_inference_request_success{job="triton"}[5m])) > 0) > 100000',
            "5m",
            "ticket",
            "Requests to {{ $labels.model }} wait a tenth of a second in Triton",
            "Too few instances or cards for what is asked.",
        ),
    ],
)
CARDS = Group(
    "atelier-cards",
    [
        Alert(
            "GpuMemoryFull",
            "DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_USED + DCGM_FI_DEV_FB_FREE) > 0.95",
            "10m",
            "ticket",
            "Card {{ $labels.gpu }} of {{ $labels.Hostname }} has no memory left",
            "The next model or larger batch fails to find room.",
        ),
        Alert(
            "GpuHot",
            "DCGM_FI_DEV_GPU_TEMP > 85",
            "5m",
            "ticket",
            "Card {{ $labels.gpu }} of {{ $labels.Hostname }} has {{ $value }} degrees Celsius",
            "It slows itself down, and stops where that does not help.",
        ),
        Alert(
            "GpuFault",
            "changes(DCGM_FI_DEV_XID_ERRORS[10m]) > 0 and DCGM_FI_DEV_XID_ERRORS > 0",
            "0s",
            "page",
            "Card {{ $labels.gpu }} of {{ $labels.Hostname }} reports Xid {{ $value }}",
            "The driver lost a program or the card itself.",
        ),
        Alert(
            "GpuSaturated",
            "avg_over_time(DCGM_FI_DEV_GPU_UTIL[15m]) > 95",
            "15m",
            "ticket",
            "Card {{ $labels.gpu }} of {{ $labels.Hostname }} works without a pause",
            "The autoscaler should have added a replica; the node pool may be at its end.",
        ),
    ],
)
GROUPS = (RECORDINGS, MODELS, CARDS)
