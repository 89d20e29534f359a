using Wharf.Images.Transfers;
using Wharf.Primitives;

namespace Wharf.Images.Registries;

/// <summary>The filters of <c>search</c>: is-official, is-automated, stars.</summary>
internal sealed class SearchFilter
{
    private readonly bool? _official;
    private readonly bool? _automated;
    private readonly int _stars;

    public SearchFilter(IReadOnlyDictionary<string, IReadOnlyList<string>> filters)
    {
        foreach ((string name, IReadOnlyList<string> values) in filters)
        {
            foreach (string value in values)
            {
                switch (name)
                {
                    case "is-official":
                        _official = Flag(name, value);
                        break;
                    case "is-automated":
                        _automated = Flag(name, value);
                        break;
                    case "stars" when int.TryParse(value, out int stars) && stars >= 0:
                        _stars = Math.Max(_stars, stars);
                        break;
                    case "stars":
                        throw WharfException.Invalid($"invalid filter 'stars={value}'");
                    default:
                        throw WharfException.Invalid($"invalid filter '{name}'");
                }
            }
        }
    }

    public bool Accepts(SearchResult result) =>
        (_official is null || result.IsOfficial == _official) && (_automated is null || result.IsAutomated == _automated) && result.StarCount >= _stars;

    private static bool Flag(string name, string value) => value switch
    {
        "true" or "1" => true,
        "false" or "0" => false,
        _ => throw WharfException.Invalid($"invalid filter '{name}={value}'"),
    };
}
