using Wharf.Primitives;

namespace Wharf.Api.Server.Images;

/// <summary>Filters in the form that the image room takes them.</summary>
internal static class FilterFields
{
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Of(FilterSet filters) =>
        filters.Keys.ToDictionary(key => key, filters.Get);
}
