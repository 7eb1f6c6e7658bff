import {
  type Audience,
  DEFAULTS,
  type PrivacySettings,
  SETTINGS,
  type Setting,
} from '../../domain/privacy/settings.ts';

/** A user with what they have chosen; null for what they have not. */
export type SettingsRow = { userId: string } & Record<Setting, string | null>;

/** The columns of user_privacy_settings `s`, under the names of the settings. */
export const SETTING_COLUMNS = SETTINGS.map((setting) => `s.${snake(setting)} AS ${setting}`).join(', ');

export function toSettings(row: SettingsRow): PrivacySettings {
  return Object.fromEntries(
    SETTINGS.map((setting) => [setting, (row[setting] as Audience | null) ?? DEFAULTS[setting]]),
  ) as PrivacySettings;
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}
