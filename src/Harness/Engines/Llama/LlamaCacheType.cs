namespace Gdn.Harness.Engines.Llama;

/// <summary>How keys and values are kept: ggml's numbers of types.</summary>
internal enum LlamaCacheType
{
    /// <summary>Single precision.</summary>
    F32 = 0,

    /// <summary>Half precision.</summary>
    F16 = 1,

    /// <summary>8 bits, with a scale for each 32.</summary>
    Q80 = 8,
}

/// <summary>Names.</summary>
internal static class LlamaCacheTypes
{
    /// <summary>The name on the command line.</summary>
    public static string Name(this LlamaCacheType type) => type switch
    {
        LlamaCacheType.F32 => "f32",
        LlamaCacheType.F16 => "f16",
        _ => "q8_0",
    };

    /// <summary>The type of that name, or null.</summary>
    public static LlamaCacheType? Parse(string name) => Enum.GetValues<LlamaCacheType>()
        .Cast<LlamaCacheType?>().FirstOrDefault(type => type!.Value.Name() == name);
}
