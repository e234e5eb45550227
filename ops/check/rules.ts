// All rules of the house that need only the text of the sources, by the name that the check prints.
import { noImportCycles } from './cycles.ts'
import { filesOpenWithTheirPurpose, namesSayWhatIsHeld, noFileIsTooLong } from './files.ts'
import { everyIntegrationIsInTheCatalogue } from './integrations.ts'
import { arrowsRunDown, integrationsStandAlone } from './rooms.ts'
import type { Rule } from './rule.ts'
import { slicesMeetAtTheDoor, slicesSeeOnlyThoseBefore } from './slices.ts'
import { aTableHasOneOwner, migrationsNameTheirOwner } from './tables.ts'
import { sqlAsksNoClock, timeAndChanceAreParameters } from './time-and-chance.ts'
import { aTransactionIsAskedInTurn } from './turns.ts'
import { onlyOutboundGoesOut } from './ways-out.ts'

export const rules: Record<string, Rule> = {
  'arrows between rooms run down': arrowsRunDown,
  'integrations stand alone': integrationsStandAlone,
  'every integration is in the catalogue': everyIntegrationIsInTheCatalogue,
  'slices see only those before them': slicesSeeOnlyThoseBefore,
  'slices meet at the door': slicesMeetAtTheDoor,
  'no import cycles': noImportCycles,
  'a table has one owner': aTableHasOneOwner,
  'migrations name their owner': migrationsNameTheirOwner,
  'a transaction is asked in turn': aTransactionIsAskedInTurn,
  'one way out': onlyOutboundGoesOut,
  'time and chance are parameters': timeAndChanceAreParameters,
  'SQL asks no clock': sqlAsksNoClock,
  'no file is too long': noFileIsTooLong,
  'names say what is held': namesSayWhatIsHeld,
  'files open with their purpose': filesOpenWithTheirPurpose,
}
