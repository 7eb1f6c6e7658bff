// Imported before anything of Apollo's: @apollo/gateway reports to its maker unless this says otherwise when
// it starts.
process.env.APOLLO_TELEMETRY_DISABLED = 'true';
