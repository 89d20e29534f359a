using System.Collections.Frozen;

namespace Wharf.Engine.Mounts;

/// <summary>The words after the second colon of <c>-v</c>: at most one of each kind.</summary>
internal sealed record MountMode(bool ReadOnly, bool NoCopy, string Propagation)
{
    private static readonly FrozenSet<string> Propagations = FrozenSet.ToFrozenSet(["private", "rprivate", "slave", "rslave", "shared", "rshared"]);

    public static bool IsPropagation(string word) => Propagations.Contains(word);

    /// <summary>Null when a word is unknown or doubled.</summary>
    public static MountMode? TryParse(string text)
    {
        bool access = false, readOnly = false, label = false, noCopy = false, consistency = false;
        string propagation = "";
        foreach (string word in text.Length == 0 ? [] : text.Split(','))
        {
            bool fresh;
            switch (word)
            {
                case "rw" or "ro":
                    (fresh, access, readOnly) = (!access, true, word == "ro");
                    break;
                case "z" or "Z":
                    (fresh, label) = (!label, true);
                    break;
                case "nocopy":
                    (fresh, noCopy) = (!noCopy, true);
                    break;
                case "consistent" or "cached" or "delegated" or "default":
                    (fresh, consistency) = (!consistency, true);
                    break;
                default:
                    fresh = propagation.Length == 0 && IsPropagation(word);
                    propagation = word;
                    break;
            }

            if (!fresh)
            {
                return null;
            }
        }

        return new MountMode(readOnly, noCopy, propagation);
    }
}
