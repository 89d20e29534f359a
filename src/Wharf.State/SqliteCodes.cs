namespace Wharf.State;

/// <summary>Primary result codes of SQLite (https://sqlite.org/rescode.html) that the engine tells apart.</summary>
public static class SqliteCodes
{
    public const int Corrupt = 11;
    public const int Full = 13;
    public const int Constraint = 19;
    public const int NotADatabase = 26;
}
