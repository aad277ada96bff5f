/** What the file chooser offers as a table. */
export const tableFiles = '.csv,.tsv,.txt,text/csv,text/tab-separated-values';
