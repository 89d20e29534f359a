using Microsoft.Win32.SafeHandles;

namespace Wharf.Archive.Layers;

/// <summary>Layers need not be kept twice: with the recipe that unpacking writes, the tar comes out of the files again, byte for byte.</summary>
public static class LayerRecipe
{
    /// <summary>Opens the tar; content that is not what it was shows in its digest only.</summary>
    /// <param name="recipe">What <see cref="LayerApplyOptions.Recipe"/> was; disposed with the result.</param>
    /// <param name="root">The directory the layer was unpacked to; disposed with the result.</param>
    public static Stream Open(SafeFileHandle recipe, SafeFileHandle root) => new RecipeReader(recipe, root);
}
