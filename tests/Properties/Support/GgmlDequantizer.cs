using System.Runtime.InteropServices;
using Gdn.Reference.Gguf;

namespace Gdn.Properties.Support;

/// <summary>ggml's own dequantization, by the functions that <c>libggml-base</c> exports for each type.</summary>
internal static unsafe class GgmlDequantizer
{
    /// <summary>The elements of some blocks.</summary>
    public static float[] Run(string folder, GgmlType type, byte[] blocks)
    {
        GgmlTypeInfo info = GgmlTypes.Find(type)!;
        nint library = NativeLibrary.Load(Path.Combine(folder, "libggml-base.so"));
        try
        {
            nint function = NativeLibrary.GetExport(library, "dequantize_row_" + Suffix(info.Name));
            var values = new float[blocks.Length / info.BlockBytes * info.BlockElements];
            fixed (byte* source = blocks)
            fixed (float* target = values)
                ((delegate* unmanaged[Cdecl]<byte*, float*, long, void>)function)(source, target, values.Length);
            return values;
        }
        finally
        {
            NativeLibrary.Free(library);
        }
    }

    // Q4_K -> q4_K
    private static string Suffix(string name) =>
        name.EndsWith("_K", StringComparison.Ordinal) ? name[..^1].ToLowerInvariant() + "K" : name.ToLowerInvariant();
}
