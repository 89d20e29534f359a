namespace Wharf.State;

/// <summary>
/// The tables of one room of the house, versioned by themselves: migration i brings the part from version i to i+1. A database in which a
/// part has a newer version than this build knows is refused with a clear text.
/// </summary>
/// <param name="Name">Stable name of the part: "containers", "images", "networks".</param>
/// <param name="Migrations">SQL scripts, run forward in one transaction each.</param>
public sealed record SchemaPart(string Name, IReadOnlyList<string> Migrations);
