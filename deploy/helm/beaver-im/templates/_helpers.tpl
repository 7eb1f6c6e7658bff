{{- define "beaver.fullname" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "beaver.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "beaver.labels" -}}
{{ include "beaver.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "beaver.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "beaver.secretName" -}}
{{ .Values.secrets.existing | default (include "beaver.fullname" .) }}
{{- end }}

{{- define "beaver.port" -}}
{{- get (dict "gateway" 8000 "auth" 8001 "chat" 8002 "user" 8003 "file" 8004) . -}}
{{- end }}

{{- define "beaver.program" -}}
{{- if eq . "gateway" }}gateway/index.ts{{ else }}subgraphs/{{ . }}/index.ts{{ end }}
{{- end }}

{{- define "beaver.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "beaver.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* What all pods have: how they log in where images are, whose they are, where they may run. */}}
{{- define "beaver.podCommon" -}}
automountServiceAccountToken: false
{{/* Kubernetes would set GATEWAY_PORT=tcp://… for a service of that name in the namespace. */}}
enableServiceLinks: false
{{- with .Values.serviceAccount.existing }}
serviceAccountName: {{ . }}
{{- end }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{ toJson . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{ toJson . }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{ toJson . }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{ toJson . }}
{{- end }}
securityContext:
  {{- include "beaver.podSecurity" . | nindent 2 }}
{{- end }}

{{/* Variables that a container takes from the Secret, by a list of names. A Redis may have no password. */}}
{{- define "beaver.secretEnv" -}}
{{- $secret := include "beaver.secretName" .root }}
{{- range .names }}
- name: {{ . }}
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: {{ . }}{{ if eq . "REDIS_PASSWORD" }}, optional: true{{ end }} } }
{{- end }}
{{- end }}

{{/* Files that variables name, where there are any. */}}
{{- define "beaver.filesMounts" -}}
{{- if .Values.tls.existing }}
- { name: tls, mountPath: /etc/beaver/tls, readOnly: true }
{{- end }}
{{- if .Values.configFiles.existing }}
- { name: config, mountPath: /etc/beaver/config, readOnly: true }
{{- end }}
{{- end }}

{{- define "beaver.filesVolumes" -}}
{{- with .Values.tls.existing }}
- { name: tls, secret: { secretName: {{ . }} } }
{{- end }}
{{- with .Values.configFiles.existing }}
- { name: config, configMap: { name: {{ . }} } }
{{- end }}
{{- end }}

{{/* Variables that are no secrets. Helm reads numbers as floats, and would write a large one as 1e+08. */}}
{{- define "beaver.env" -}}
{{- range $name, $value := . }}
{{- if not (kindIs "invalid" $value) }}
- name: {{ $name }}
  value: {{ if and (kindIs "float64" $value) (eq (floor $value) $value) }}{{ $value | int64 | quote }}{{ else }}{{ $value | toString | quote }}{{ end }}
{{- end }}
{{- end }}
{{- end }}
