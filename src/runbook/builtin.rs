//! What every runbook has without declaring it: severities, roles, audiences and the contract facts.
