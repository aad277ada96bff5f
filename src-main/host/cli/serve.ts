import type { Command } from 'commander';
import type { Run } from './session.ts';
export function addServeCommand(_program: Command, _run: Run): void {}
