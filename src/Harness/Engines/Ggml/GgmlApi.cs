using System.Runtime.InteropServices;

namespace Gdn.Harness.Engines.Ggml;

/// <summary><c>struct ggml_init_params</c>, passed by value.</summary>
/// <param name="MemorySize">Bytes for the context's tensors and graphs.</param>
/// <param name="MemoryBuffer">Where to put them, or null to have them allocated.</param>
/// <param name="NoAlloc">1 if the context holds no tensor data, which is then allocated in a backend's buffer.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct GgmlInitParams(nuint MemorySize, nint MemoryBuffer, byte NoAlloc);

/// <summary>
/// Entry points of libggml, found by name in any of the libraries it is split into. No struct of its own is read or
/// written: their layouts change between releases, these signatures have not.
/// </summary>
internal sealed unsafe class GgmlApi
{
    /// <summary><c>GGML_TYPE_F32</c></summary>
    public const int F32 = 0;

    /// <summary><c>GGML_STATUS_SUCCESS</c></summary>
    public const int Success = 0;

    public readonly delegate* unmanaged[Cdecl]<GgmlInitParams, nint> Init;
    public readonly delegate* unmanaged[Cdecl]<nint, void> Free;
    public readonly delegate* unmanaged[Cdecl]<nuint> TensorOverhead;
    public readonly delegate* unmanaged[Cdecl]<nuint> GraphOverhead;
    public readonly delegate* unmanaged[Cdecl]<nint, int, long, long, long, long, nint> NewTensor;
    public readonly delegate* unmanaged[Cdecl]<nint, nuint> Bytes;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint, nint, nint, long, nint> GatedDeltaNet;
    public readonly delegate* unmanaged[Cdecl]<nint, nint> NewGraph;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, void> BuildForward;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, nint> AllocateTensors;
    public readonly delegate* unmanaged[Cdecl]<nint, void> FreeBuffer;
    public readonly delegate* unmanaged[Cdecl]<nint, void*, nuint, nuint, void> SetTensor;
    public readonly delegate* unmanaged[Cdecl]<nint, void*, nuint, nuint, void> GetTensor;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, int> Compute;
    public readonly delegate* unmanaged[Cdecl]<nint, void> FreeBackend;
    public readonly delegate* unmanaged[Cdecl]<nint, nint> DeviceOf;
    public readonly delegate* unmanaged[Cdecl]<nint, nint> RegistryOf;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, nint> ProcAddress;
    public readonly delegate* unmanaged[Cdecl]<void*, int, void> InitThreadPoolParams;

    /// <summary>Looks all of them up.</summary>
    /// <param name="find">Address of an exported name; throws if it is not exported.</param>
    public GgmlApi(Func<string, nint> find)
    {
        Init = (delegate* unmanaged[Cdecl]<GgmlInitParams, nint>)find("ggml_init");
        Free = (delegate* unmanaged[Cdecl]<nint, void>)find("ggml_free");
        TensorOverhead = (delegate* unmanaged[Cdecl]<nuint>)find("ggml_tensor_overhead");
        GraphOverhead = (delegate* unmanaged[Cdecl]<nuint>)find("ggml_graph_overhead");
        NewTensor = (delegate* unmanaged[Cdecl]<nint, int, long, long, long, long, nint>)find("ggml_new_tensor_4d");
        Bytes = (delegate* unmanaged[Cdecl]<nint, nuint>)find("ggml_nbytes");
        GatedDeltaNet = (delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint, nint, nint, long, nint>)
            find("ggml_gated_delta_net");
        NewGraph = (delegate* unmanaged[Cdecl]<nint, nint>)find("ggml_new_graph");
        BuildForward = (delegate* unmanaged[Cdecl]<nint, nint, void>)find("ggml_build_forward_expand");
        AllocateTensors = (delegate* unmanaged[Cdecl]<nint, nint, nint>)find("ggml_backend_alloc_ctx_tensors");
        FreeBuffer = (delegate* unmanaged[Cdecl]<nint, void>)find("ggml_backend_buffer_free");
        SetTensor = (delegate* unmanaged[Cdecl]<nint, void*, nuint, nuint, void>)find("ggml_backend_tensor_set");
        GetTensor = (delegate* unmanaged[Cdecl]<nint, void*, nuint, nuint, void>)find("ggml_backend_tensor_get");
        Compute = (delegate* unmanaged[Cdecl]<nint, nint, int>)find("ggml_backend_graph_compute");
        FreeBackend = (delegate* unmanaged[Cdecl]<nint, void>)find("ggml_backend_free");
        DeviceOf = (delegate* unmanaged[Cdecl]<nint, nint>)find("ggml_backend_get_device");
        RegistryOf = (delegate* unmanaged[Cdecl]<nint, nint>)find("ggml_backend_dev_backend_reg");
        ProcAddress = (delegate* unmanaged[Cdecl]<nint, byte*, nint>)find("ggml_backend_reg_get_proc_address");
        InitThreadPoolParams = (delegate* unmanaged[Cdecl]<void*, int, void>)find("ggml_threadpool_params_init");
    }
}
