/** How the name of a SQLite file ends that is attached from a folder or an archive. */
export const databaseEnding = /\.(?:sqlite3?|db)$/i;
